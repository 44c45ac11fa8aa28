import Audit
import Configuration
import Cryptography
import Directory
import Exchange
import HTTP
import Primitives

extension Command {
    /// `exchange …`: for the operator.
    static let exchange: [Command] = [
        exchangeInit, exchangeServe, memberAdd, memberList, memberShow, revoke, publishLists,
        deliveryList, deliveryClose, retentionPlan, retentionRun, retentionHold, retentionRelease,
    ]

    private static let exchangeInit = Command(
        ["exchange", "init"],
        (
            Phrase(ja: "交換所をつくる", en: "make an exchange"),
            Example(
                "exchange init --name \"架空市医師会\" --host exchange.example.jp",
                Phrase(ja: "ルートと発行局と鍵をつくる", en: "makes root, authorities and keys")
            )
        ),
        options: [.data, .unlockFile, .name, .host, .json]
    ) { invocation, console in
        let place = Place(.exchange, invocation)
        try invocation.demand([.name, .host])
        guard let name = invocation.text(.name),
            let host = invocation.text(.host).flatMap({ LogHost($0) })
        else { throw UsageError.valueUnfit("--host", of: invocation.command.path) }
        let isAddress = host.text.allSatisfy { $0.isNumber || $0 == "." }
        guard !isAddress, !host.text.contains(":") else { throw AddressForName() }
        try place.isNew()
        try SelfTest.run()
        let unlock = try UnlockSecret.readOrMake(invocation.text(.unlockFile), for: .exchange)
        let root = try await ExchangeHouse.found(
            place.data,
            name: name,
            host: host,
            unlock: unlock.secret
        )
        if let made = unlock.made { console.talk(.secretMade(made)) }
        if invocation.has(.json) {
            console.data([
                "rootSha256": .string(root.sha256.hex), "data": .string(place.data),
            ])
        } else {
            console.data("root SHA-256: \(root.sha256)")
            console.talk(
                Phrase(
                    ja: "ルートの鍵（keys/root.key）は控えを取り、この機械から外してください。",
                    en: "Copy the root key (keys/root.key) and move it off this machine."
                )
            )
            console.next("exchange serve", after: invocation)
        }
        return .done
    }

    private static let exchangeServe = Command(
        ["exchange", "serve"],
        (
            Phrase(ja: "交換所を動かす", en: "run the exchange"),
            Example(
                "exchange serve --listen 0.0.0.0:8443",
                Phrase(ja: "止めるときは Ctrl-C", en: "Ctrl-C stops it")
            )
        ),
        options: [
            .data, .unlockFile, .configuration, .listen, .operations, .checkpointEvery,
            .untilInputEnds,
        ]
    ) { invocation, console in
        try await ExchangeService(invocation, console).run()
        return .done
    }

    private static let memberAdd = Command(
        ["exchange", "member", "add"],
        (
            Phrase(ja: "機関を登録し参加票を出す", en: "register a member and print its joining paper"),
            Example(
                "exchange member add --name 架空記念病院 --type hospital --number 9910100115",
                Phrase(ja: "参加票を標準出力に印刷する", en: "prints the joining paper")
            )
        ),
        options: [
            .data, .unlockFile, .name, .type, .number, .kana, .area, .url, .paperOnly,
            .faxOfMember, .phoneOfMember,
            .verifiedBy, Option(output: .paperFile), .json,
        ]
    ) { invocation, console in
        try invocation.demand([.name, .type])
        guard let name = invocation.text(.name), let type = invocation.text(.type) else {
            throw UsageError.argumentMissing("--name --type", of: invocation.command.path)
        }
        if invocation.has(.paperOnly), invocation.text(.faxOfMember) == nil {
            throw UsageError.argumentMissing("--fax TEL", of: invocation.command.path)
        }
        let call = ControlCall(
            "member.add",
            [
                "name": .string(name), "type": .string(type),
                "number": invocation.text(.number).map { .string($0) },
                "kana": invocation.text(.kana).map { .string($0) },
                "area": invocation.text(.area).map { .string($0) },
                "verifiedBy": invocation.text(.verifiedBy).map { .string($0) },
                "url": invocation.text(.url).map { .string($0) },
                "paperOnly": .bool(invocation.has(.paperOnly)),
                "fax": invocation.text(.faxOfMember).map { .string($0) },
                "telephone": invocation.text(.phoneOfMember).map { .string($0) },
            ]
        )
        try await console.paper(invocation, call)
        if !invocation.has(.paperOnly) { console.next(.enrolment, after: invocation) }
        return .done
    }

    private static let memberList = Command(
        ["exchange", "member", "list"],
        (
            Phrase(ja: "機関の一覧", en: "list members"),
            Example("exchange member list", Phrase(ja: "会員番号、名称、種類、状態", en: "one a line"))
        ),
        options: [.data, .unlockFile, .json]
    ) { invocation, console in
        let answer = try await Place(.exchange, invocation).ask(ControlCall("member.list"))
        let words = Words(language: console.language)
        let items = answer.json["items"]?.array ?? []
        if !items.isEmpty, !invocation.has(.json) { console.heading(words.registeredHeading) }
        for item in items {
            console.data(invocation.has(.json) ? item.canonicalText : words.registered(item))
        }
        if items.isEmpty { console.nothing() }
        return .done
    }

    private static let memberShow = Command(
        ["exchange", "member", "show"],
        (
            Phrase(ja: "機関の詳細", en: "show one member"),
            Example(
                "exchange member show maaaaaaaaaaaaaaaaaaaaaaaaaa",
                Phrase(ja: "電話番号、残り日数、証明書", en: "whom to call, certificates")
            )
        ),
        arguments: [.member],
        options: [.data, .unlockFile, .json]
    ) { invocation, console in
        let answer = try await Place(.exchange, invocation).ask(
            ControlCall("member.show", ["member": .string(invocation.text(.member))])
        )
        guard !invocation.has(.json) else {
            console.data(answer.json)
            return .done
        }
        let words = Words(language: console.language)
        for line in words.enrolled(answer.json, now: SystemTime().now) { console.data(line) }
        return .done
    }

    private static let revoke = Command(
        ["exchange", "ca", "revoke"],
        (
            Phrase(ja: "証明書を失効させる", en: "revoke a certificate"),
            Example(
                "exchange ca revoke maaaaaaaaaaaaaaaaaaaaaaaaaa "
                    + String(repeating: "0", count: 64) + " --reason keyCompromise",
                Phrase(ja: "新しい失効リストも出る", en: "publishes a new list too")
            )
        ),
        arguments: [.member, .certificate],
        options: [.data, .unlockFile, .reason, .since]
    ) { invocation, console in
        _ = try await Place(.exchange, invocation).ask(
            ControlCall(
                "ca.revoke",
                [
                    "member": .string(invocation.text(.member)),
                    "certificate": .string(invocation.text(.certificate)),
                    "reason": invocation.text(.reason).map { .string($0) },
                    "since": invocation.text(.since).map { .string($0) },
                ]
            )
        )
        console.talk(Phrase(ja: "失効させました。", en: "Revoked."))
        return .done
    }

    private static let publishLists = Command(
        ["exchange", "ca", "crl"],
        (
            Phrase(ja: "失効リストを出し直す", en: "publish fresh revocation lists"),
            Example("exchange ca crl", Phrase(ja: "通常は 1 時間ごとに自動", en: "done hourly by itself"))
        ),
        options: [.data, .unlockFile]
    ) { invocation, console in
        _ = try await Place(.exchange, invocation).ask(ControlCall("ca.crl"))
        console.talk(Phrase(ja: "失効リストを出しました。", en: "Published."))
        return .done
    }
}

extension Argument {
    static let member = Argument(
        "MEMBER",
        Phrase(ja: "会員番号", en: "member id"),
        form: .of { MemberID($0) }
    )
    fileprivate static let certificate = Argument(
        "SHA256",
        Phrase(ja: "証明書の SHA-256", en: "SHA-256 of the certificate"),
        form: .of { Digest(hex: $0) }
    )
}

extension Phrase {
    static let paperFile = Phrase(ja: "参加票を書くファイル", en: "file for the paper")

    static func secretMade(_ path: String) -> Phrase {
        Phrase(
            ja: "鍵を開く秘密を \(path) につくりました。別の場所に控えを保管してください。",
            en: "Made the unlock secret in \(path). Keep a copy elsewhere."
        )
    }
}

extension Option {
    static let name = Option("name", "NAME", Phrase(ja: "名称", en: "name"))
    static let host = Option(
        "host",
        "HOST",
        Phrase(ja: "交換所のホスト名", en: "host name of the exchange"),
        form: .of { LogHost($0) }
    )
    static let listen = Option(
        "listen",
        "ADDRESS",
        Phrase(ja: "待ち受けるアドレス（既定 0.0.0.0:8443）", en: "address, default 0.0.0.0:8443"),
        form: .of { ListenAddress($0) }
    )
    static let checkpointEvery = Option(
        "checkpoint-every",
        "SECONDS",
        Phrase(ja: "記録の署名の間隔（秒）", en: "seconds between checkpoints"),
        form: .number(1...3600)
    )
    fileprivate static let type = Option(
        "type",
        "CODE",
        Phrase(ja: "機関の種類（hospital など）", en: "organisation type, e.g. hospital"),
        form: .choice(organisationTypes)
    )
    /// The codes of `Schemas/codes/OrgType.json`: what is registered is published to all members.
    static let organisationTypes = [
        "homeCareSupport", "preventionSupport", "communitySupportCenter",
        "communitySupportBranch", "hospital", "clinic", "dentalClinic", "homeDentalStation",
        "pharmacy", "visitingNurseStation", "careService", "careFacility", "consultationRoom",
        "medicalAssociation", "coordinationBase", "wardOffice", "cityBureau", "fireDepartment",
        "other",
    ]
    fileprivate static let number = Option(
        "number",
        "N",
        Phrase(ja: "事業所番号または医療機関コード", en: "office number"),
        form: .of { OfficeNumber(kind: .careOffice, value: $0) }
    )
    fileprivate static let kana = Option("kana", "KANA", Phrase(ja: "フリガナ", en: "kana"))
    fileprivate static let area = Option("area", "AREA", Phrase(ja: "地域", en: "area"))
    static let url = Option(
        "url",
        "URL",
        Phrase(
            ja: "参加票に書く交換所の URL（既定 https://init の --host:8443）",
            en: "URL of the exchange for the paper, default https://HOST:8443"
        ),
        form: .of { text in
            text.hasPrefix("https://") && text.utf8.count > 8 && text.utf8.count <= 300
                && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
        }
    )
    fileprivate static let faxOfMember = Option(
        "fax",
        "TEL",
        Phrase(ja: "紙のみの機関の FAX 番号", en: "fax number of a member on paper"),
        form: .of { TelephoneNumber($0) }
    )
    fileprivate static let phoneOfMember = Option(
        "phone",
        "TEL",
        Phrase(ja: "紙のみの機関の電話番号", en: "telephone of a member on paper"),
        form: .of { TelephoneNumber($0) }
    )
    fileprivate static let paperOnly = Option(
        mark: "paper-only",
        Phrase(ja: "紙（FAX）のみの機関", en: "a member without a gateway")
    )
    fileprivate static let verifiedBy = Option(
        "verified-by",
        "NAME",
        Phrase(ja: "確認した人", en: "who verified the office")
    )
    fileprivate static let reason = Option(
        "reason",
        "CODE",
        Phrase(ja: "失効の理由", en: "why"),
        form: .choice(["keyCompromise", "superseded", "ceased", "unspecified"])
    )
    fileprivate static let since = Option(
        "since",
        "TIME",
        Phrase(ja: "信頼しない最初の時刻", en: "from when it is not trusted"),
        form: .of { Timestamp($0) }
    )
}

/// Certificates are made out to a name; members would trust none with an address.
struct AddressForName: Spoken {
    var code: String { "usage" }
    var isTemporary: Bool { false }

    var said: (summary: Phrase, advice: Phrase) {
        (
            Phrase(
                ja: "--host には、IPアドレスではなくホスト名を書いてください。",
                en: "--host takes a host name, not an IP address."
            ),
            Phrase(
                ja: "証明書はホスト名に対して発行します。1台で試すときは --host localhost と書きます。",
                en:
                    "Certificates are made out to a name; to try it out: --host localhost."
            )
        )
    }
}
