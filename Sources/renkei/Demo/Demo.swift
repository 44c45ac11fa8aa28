import Audit
import Cryptography
import Pages
import Primitives

/// The story: a person is taken to hospital, and everyone around him learns what they need.
///
/// Exchange and offices are processes of their own; every act is a command of this program.
struct Demo: Sendable {
    let stage: DemoStage
    let sheets: String
    private let exchangeFolder: String
    private let exchangeUnlock: String

    init(_ stage: DemoStage) async throws {
        self.stage = stage
        sheets = try Installation.demoData()
        exchangeFolder = stage.folder + "/exchange"
        exchangeUnlock = stage.folder + "/unlock/exchange"
    }

    var exchangePlace: [String] {
        ["--data", exchangeFolder, "--unlock-file", exchangeUnlock, "--lang", "ja"]
    }
    var root: String { exchangeFolder + "/ca/root.pem" }

    func play() async throws {
        stage.console.data("フォルダー folder: \(stage.folder)")
        try await open()
        for office in DemoOffice.all { try await join(office) }
        try await meet()
        let deliveries = try await story()
        try await prove(deliveries)
        try await audit()
        try await invite()
    }

    // MARK: The house

    /// `settings` are more words for the exchange's start.
    func open(settings: [String] = []) async throws {
        stage.tell(
            "交換所をつくり、動かします。中身を読む鍵は持ちません。",
            "An exchange is made and started. It holds no key to any content."
        )
        try await stage.call(
            ["exchange", "init", "--name", "架空市医師会", "--host", "localhost"],
            hidden: exchangePlace
        )
        let started = try await stage.serve(
            "exchange",
            ["exchange", "serve", "--listen", "127.0.0.1:0", "--checkpoint-every", "1"]
                + settings + exchangePlace
        )
        let port = started["port"]?.integer ?? 0
        try Files.create(stage.folder + "/port", String(port).bytes, mode: Files.ownerOnly)
        stage.show("https://localhost:\(port)  (TLS 1.3)")
    }

    func join(_ office: DemoOffice) async throws {
        try await enrol(office)
        try await serve(office)
    }

    func enrol(_ office: DemoOffice) async throws {
        stage.tell(
            "\(office.name)が参加票で参加し、ゲートウェイを動かします。",
            "The \(office.type) joins with its paper and starts its gateway."
        )
        let port = String(
            decoding: try Files.read(stage.folder + "/port", atMost: 16),
            as: UTF8.self
        )
        let paper = stage.folder + "/paper-\(office.folder).txt"
        var words = ["exchange", "member", "add", "--name", office.name, "--type", office.type]
        if let number = office.number { words += ["--number", number] }
        try await stage.call(
            words + ["--url", "https://localhost:\(port)", "-o", paper],
            hidden: exchangePlace
        )
        try await stage.call(["gateway", "init"], hidden: office.place(stage))
        try await stage.call(
            ["gateway", "enrol", "--paper", paper, "--phone", office.phone] + office.acting,
            hidden: office.place(stage)
        )
        try Files.remove(paper)
    }

    /// - Returns: the process.
    @discardableResult
    func serve(_ office: DemoOffice) async throws -> Int32 {
        let serve = [
            "gateway", "serve", "--checkpoint-every", "1", "--test-exchange",
            "--pages", "127.0.0.1:0",
        ]
        let started = try await stage.serve(office.folder, serve + office.place(stage))
        let pages = String(started["pages"]?.integer ?? 0)
        try Files.create(office.pagesFile(stage), pages.bytes, mode: Files.ownerOnly)
        return stage.processes.last ?? 0
    }

    /// Everybody sees everybody in the directory, and has the consents that the sheets rest on.
    func meet() async throws {
        stage.tell(
            "宛先帳が行きわたり、各機関は本人の同意を記録します。",
            "The directory reaches all, and each office records the person's consent."
        )
        for office in DemoOffice.all {
            _ = try await stage.until("\(office.folder) knows the others") {
                let items = try await office.ask(stage, "directory")["items"]?.array ?? []
                let ready = items.filter { $0["canReceive"]?.bool == true }
                return ready.count == DemoOffice.all.count ? true : nil
            }
            var consent = ["gateway", "consent", "add", "\(sheets)/consent-\(office.folder).json"]
            if office.folder == DemoOffice.care.folder {
                // A blanket consent is given on a text that the office has written.
                try await stage.call(
                    ["gateway", "template", "add", "\(sheets)/template-care.json"]
                        + office.acting,
                    hidden: office.place(stage)
                )
                consent += ["--template", "契約時の包括同意"]
            }
            try await stage.call(consent + office.acting, hidden: office.place(stage))
        }
    }

    // MARK: The story

    private func story() async throws -> [DemoDelivery] {
        let care = DemoOffice.care
        let clinic = DemoOffice.clinic
        let hospital = DemoOffice.hospital
        let room = DemoOffice.room
        var deliveries: [DemoDelivery] = []
        stage.tell(
            "入院の日に、ケアマネジャーが入院時情報提供書を病院へ送ります。",
            "On the day of admission the care manager sends the admission form to the hospital."
        )
        let plans = ["care-plan.pdf", "medication-notebook.jpg"]
        deliveries.append(
            try await send("admission-info", from: care, to: [hospital], attaching: plans)
        )
        stage.tell("病院が受領を連絡します。", "The hospital answers that it has it.")
        deliveries.append(try await send("admission-ack", from: hospital, to: [care]))
        stage.tell(
            "ケアマネジャーが主治医に相談します（返信ください）。",
            "The care manager asks the doctor for advice, and for an answer."
        )
        deliveries.append(try await send("care-liaison", from: care, to: [clinic]))
        stage.tell("主治医が返信します。", "The doctor answers.")
        deliveries.append(try await send("care-liaison-reply", from: clinic, to: [care]))
        stage.tell(
            "診療所が紹介患者状況把握シートを病院と相談支援室へ送ります。",
            "The clinic sends the referral sheet to the hospital and the consultation room."
        )
        deliveries.append(
            try await send("referred-patient-status", from: clinic, to: [hospital, room])
        )
        stage.tell("相談支援室が病院に転帰をたずねます。", "The room asks the hospital for the outcome.")
        deliveries.append(try await send("outcome-request", from: room, to: [hospital]))
        stage.tell(
            "病院が転帰を返信します。写しは診療所とケアマネジャーにも届きます。",
            "The hospital answers; the clinic and the care manager get copies."
        )
        deliveries.append(
            try await send("patient-outcome-reply", from: hospital, to: [room, clinic, care])
        )
        return deliveries
    }

    /// One sheet on its way: sent, delivered, opened and confirmed by a named person at each end.
    private func send(
        _ sheet: String,
        from sender: DemoOffice,
        to recipients: [DemoOffice],
        attaching files: [String] = []
    ) async throws -> DemoDelivery {
        var words = ["send", "\(sheets)/\(sheet).json"] + sender.acting
        for file in files { words += ["--attach", "\(sheets)/\(file)"] }
        let answer = try await stage.call(
            words + ["--now", "--wait", "delivered", "--timeout", "60", "--json"],
            hidden: sender.place(stage)
        )
        guard let sent = answer.split(separator: "\n").last.flatMap({ DemoStage.json(String($0)) }),
            let message = sent["messageId"]?.string
        else {
            throw DemoFailure(what: "send \(sheet)", output: answer)
        }
        for recipient in recipients {
            let text = try await stage.call(
                ["inbox", "open", message] + recipient.acting,
                hidden: recipient.place(stage)
            )
            for line in text.split(separator: "\n").prefix(3) { stage.show("  | \(line)") }
            try await stage.call(
                ["inbox", "confirm", message] + recipient.acting,
                hidden: recipient.place(stage)
            )
        }
        let delivery = DemoDelivery(
            sheetType: sent["sheetType"]?.string ?? "",
            sender: sender,
            recipients: recipients,
            message: message
        )
        try await delivery.settle(on: stage)
        return delivery
    }

    // MARK: The end

    private func audit() async throws {
        stage.tell(
            "病院の記録に、この方について誰が何をしたかが残っています。",
            "The hospital's log tells who did what about this person."
        )
        let hospital = DemoOffice.hospital
        let story = try await stage.call(
            ["audit", "show", "--patient", Self.patient] + hospital.acting,
            hidden: hospital.place(stage)
        )
        for line in story.split(separator: "\n") { stage.show(String(line)) }
        let opened = [AuditEvent.sheetOpened.rawValue, EventWords.japanese(.sheetOpened)]
        guard opened.contains(where: story.contains) else {
            throw DemoFailure(what: "audit show", output: story)
        }
        stage.show(
            try await stage.call(["audit", "verify", "--json"], hidden: hospital.place(stage))
        )
    }

    /// Sample staff for the pages: each code opens a first sign-in, once, within 24 hours.
    private func invite() async throws {
        stage.tell(
            "職員の画面を開けます。初回はコードをパスワード欄に入れます。",
            "The staff pages are open; the code stands in for the first password."
        )
        for office in DemoOffice.all {
            let pages = try Files.read(office.pagesFile(stage), atMost: 16)
            let port = String(decoding: pages, as: UTF8.self)
            stage.show("\(office.name)  https://localhost:\(port)/")
            for (id, name, roles) in office.staff {
                let add = [
                    "gateway", "user", "add", id, "--name", name, "--profession",
                    office.person.role, "--roles", roles, "--json",
                ]
                let answer = try await stage.run(
                    [Installation.executable] + add + office.acting + office.place(stage)
                )
                let code = DemoStage.json(answer)?["code"]?.string ?? answer
                stage.show("  職員ID \(id)（\(name)）  コード \(code)")
            }
        }
    }

    /// Whom all the sheets are about. Invented, like everything here.
    static let patient = "髙﨑 𠮷之助"

    /// Leaves everything running until somebody ends it.
    func wait() async throws {
        stage.tell(
            "このまま試せます。Ctrl-C で止まり、フォルダーは消えます。",
            "Everything goes on running for you to try. Ctrl-C stops it and removes the folder."
        )
        let hospital = DemoOffice.hospital
        stage.show("$ renkei inbox list --data \(hospital.data(stage))")
        try await SystemTime().sleep(for: .days(7))
    }
}
