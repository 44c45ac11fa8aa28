import Configuration
import Cryptography
import Primitives

// Proving: nothing of the story has to be believed.
extension Demo {
    func prove(_ deliveries: [DemoDelivery]) async throws {
        stage.tell(
            "すべての受領証を印刷し、証拠ファイルを通信なしで確かめます。",
            "Every receipt is printed, and each evidence file is verified offline."
        )
        let names = try await names()
        var rows: [JSON] = []
        for delivery in deliveries {
            for copy in try await delivery.copies(on: stage) {
                rows.append(summary(of: delivery, copy))
                stage.show(
                    "\(delivery.sheetType)  \(delivery.message)  → \(names[copy.to] ?? copy.to)"
                )
                for receipt in copy.receipts { stage.show(line(of: receipt, names)) }
                try await verify(delivery, copy)
            }
        }
        let summary: JSON = ["deliveries": .array(rows)]
        try Files.create(
            stage.folder + "/summary.json",
            summary.canonicalBytes + [0x0A],
            mode: Files.readable
        )
        try await onPaper(deliveries[0])
        try await openWithOpenSSL(deliveries[0])
        try await searchDisks()
    }

    private func summary(of delivery: DemoDelivery, _ copy: DemoDelivery.Copy) -> JSON {
        [
            "sheetType": .string(delivery.sheetType),
            "from": .string(copy.from),
            "to": .string(copy.to),
            "messageId": .string(delivery.message),
            "states": .array(copy.states.map { .string($0) }),
            "receipts": .array(
                copy.receipts.map { receipt in
                    [
                        "type": receipt["type"], "issuer": receipt["issuer"],
                        "sha256": receipt["sha256"], "proved": receipt["proved"],
                    ]
                }
            ),
        ]
    }

    private func line(of receipt: JSON, _ names: [String: String]) -> String {
        let issuer = receipt["issuer"]?.string ?? ""
        // The exchange is no member of itself.
        let name = names[issuer] ?? "交換所"
        let words = [
            "  ✓", DeliveryWords.word(receipt["type"]?.string ?? "", .japanese),
            receipt["storedAt"]?.string ?? "", name, receipt["by"]?.string ?? "",
            "SHA-256 \(receipt["sha256"]?.string?.prefix(16) ?? "")…",
        ]
        return words.filter { !$0.isEmpty }.joined(separator: "  ")
    }

    /// Members by their ids, for people.
    private func names() async throws -> [String: String] {
        let members = try await DemoOffice.care.ask(stage, "directory")["items"]?.array ?? []
        return Dictionary(
            members.map { ($0["memberId"]?.string ?? "", $0["name"]?.string ?? "") }
        ) { _, last in last }
    }

    private func verify(_ delivery: DemoDelivery, _ copy: DemoDelivery.Copy) async throws {
        let first = stage.folder + "/evidence.renkei"
        // The first one is left behind for trying.
        let path = Files.exists(first) ? stage.folder + "/other.renkei" : first
        _ = try await stage.run(
            [Installation.executable, "evidence", delivery.message, "--to", copy.to, "-o", path]
                + ["--force"] + delivery.sender.place(stage)
        )
        let facts = try await stage.run(
            [Installation.executable, "verify", path, "--root", root, "--lang", "ja"]
        )
        let verdict = try await verifyWithOpenSSL(path)
        guard path == first else { return stage.show("  \(verdict)") }
        stage.show("$ renkei verify evidence.renkei --root exchange/ca/root.pem")
        for fact in facts.split(separator: "\n") { stage.show("  \(fact)") }
        stage.show("$ mkdir check; cd check; tar xf ../evidence.renkei")
        stage.show("$ cp ../exchange/ca/root.pem root.pem; bash verify.txt")
        stage.show("  \(verdict)")
    }

    /// The second way: the file's own instructions, with stock `openssl` and `tar` alone.
    private func verifyWithOpenSSL(_ path: String) async throws -> String {
        let room = stage.folder + "/unpacked"
        try Files.makeFolder(room)
        let script = "cd '\(room)' && tar xf '\(path)' && cp '\(root)' root.pem && bash verify.txt"
        let output = try await stage.run(["bash", "-c", script])
        try Files.removeFolder(room)
        return "✓ openssl: " + (output.split(separator: "\n").last.map(String.init) ?? "")
    }

    /// For those who still need it: the form as it was, and what is proved of its way.
    private func onPaper(_ delivery: DemoDelivery) async throws {
        stage.tell(
            "紙が必要なときは、様式のまま A4 に印刷します。到着証明書も 1 枚にします。",
            "Where paper is needed, the form is printed on A4, and a certificate of the delivery."
        )
        let hospital = DemoOffice.hospital
        let printing = ["inbox", "print", delivery.message, "-o", "admission-info.pdf"]
        stage.show("$ renkei " + printing.joined(separator: " "))
        let certifying = ["certificate", delivery.message, "-o", "certificate.pdf"]
        stage.show("$ renkei " + certifying.joined(separator: " "))
        for (words, place) in [
            (printing, hospital.acting + hospital.place(stage)),
            (certifying, delivery.sender.place(stage)),
        ] {
            let path = "\(stage.folder)/\(words[words.count - 1])"
            _ = try await stage.run(
                [Installation.executable] + words.dropLast() + [path] + place
            )
        }
    }

    /// The admission form as it lies at the exchange, opened with a stock program and the key of
    /// the hospital alone.
    private func openWithOpenSSL(_ delivery: DemoDelivery) async throws {
        stage.tell(
            "交換所にある暗号文を、病院の鍵と市販の openssl だけで開きます。",
            "What lies at the exchange opens with the hospital's key and stock openssl alone."
        )
        try await keep(delivery)
        let command = """
            openssl cms -decrypt -inform DER -in sealed.der \
            -inkey hospital-encryption.key.pem -recip hospital-encryption.cert.pem \
            | openssl cms -verify -inform DER -CAfile trust/root.pem | tar tf -
            """
        stage.show("$ \(command)")
        let names = try await stage.run(
            ["bash", "-o", "pipefail", "-c", "cd \(stage.folder) && \(command)"]
        )
        for name in names.split(separator: "\n") { stage.show("  \(name)") }
        guard names.contains("manifest.json"), names.contains("sheet.json") else {
            throw DemoFailure(what: "openssl", output: names)
        }
    }

    private func keep(_ delivery: DemoDelivery) async throws {
        let exchange = stage.folder + "/exchange"
        let from = try await delivery.sender.ask(stage, "org.show")["memberId"]
        let asked = ControlCall(
            "message.sealed",
            ["message": .string(delivery.message), "from": from]
        )
        guard let sealed = try await ControlSocket.ask(exchange, asked)?.files.first else {
            throw DemoFailure(what: "sealed message", output: "it is not at the exchange")
        }
        try Files.create(stage.folder + "/sealed.der", sealed, mode: Files.readable)
        try Files.makeFolder(stage.folder + "/trust")
        let root = try Files.read(root, atMost: Limits.statementBytes)
        try Files.create(stage.folder + "/trust/root.pem", root, mode: Files.readable)
        try await keepHospitalKey()
    }

    /// Only the demonstration ever writes a private key in the clear.
    private func keepHospitalKey() async throws {
        let hospital = DemoOffice.hospital
        let data = hospital.data(stage)
        guard let member = try GatewayHouse.members(in: data).first else {
            throw DemoFailure(what: "hospital", output: "it has not joined")
        }
        let keys = try FileKeyStore(
            folder: "\(data)/orgs/\(member)/keys",
            unlockSecret: try UnlockSecret.read(hospital.unlock(stage), for: .gateway)
        )
        guard let key = keys.handle(labelled: "encryption-1") else {
            throw DemoFailure(what: "hospital", output: "it has no encryption key")
        }
        let secret = try keys.privateKeyPEM(key, reason: .demonstration)
        try Files.create(
            stage.folder + "/hospital-encryption.key.pem",
            secret.withBytes { Array($0) },
            mode: Files.ownerOnly
        )
        let shown = try await stage.run(
            [Installation.executable, "exchange", "member", "show", member.text, "--json"]
                + exchangePlace
        )
        let held = DemoStage.json(shown)?["certificates"]?.array ?? []
        guard
            let certificate = held.first(where: { $0["keyId"]?.string == key.keyID?.text }),
            let pem = certificate["pem"]?.string
        else { throw DemoFailure(what: "certificate of the hospital", output: shown) }
        try Files.create(
            stage.folder + "/hospital-encryption.cert.pem",
            pem.bytes,
            mode: Files.readable
        )
    }

    /// No disk of exchange or offices, and no log, holds the person's name.
    private func searchDisks() async throws {
        stage.tell(
            "どのディスクにも、記録にも、氏名は平文では残っていません。",
            "No disk and no log holds the person's name in the clear."
        )
        let folders = ["exchange", "gateways", "logs"].map { "\(stage.folder)/\($0)" }
        stage.show("$ grep -r \(Self.patient) exchange gateways logs")
        _ = try await stage.run(
            ["grep", "-raFq", "-e", Self.patient, "-e", "タカサキ", "-e", "0000-8801"] + folders,
            succeedsWith: 1
        )
        stage.show("  0")
    }

    /// Stops everything and leaves what was made in a new folder.
    func leave(in results: String) async throws {
        await stage.end()
        try Files.makeFolder(results)
        let names = [
            "sealed.der", "hospital-encryption.key.pem", "hospital-encryption.cert.pem", "trust",
            "evidence.renkei", "admission-info.pdf", "certificate.pdf", "exchange", "gateways",
            "logs", "summary.json",
        ]
        _ = try await stage.run(
            ["cp", "-a"] + names.map { "\(stage.folder)/\($0)" } + [results]
        )
        stage.console.data("")
        stage.console.data("✓ \(results)")
    }
}
