import Audit
import Configuration
import Cryptography
import Directory
import ExchangeAPI
import Gateway
import HTTP
import Primitives
import Storage

extension Command {
    /// `gateway …`: for an office.
    static let gateway: [Command] = [
        gatewayInit, gatewayEnrol, gatewayServe, organisationList, organisationShow,
    ]

    private static let gatewayInit = Command(
        ["gateway", "init"],
        (
            Phrase(ja: "事業所のゲートウェイをつくる", en: "make a gateway"),
            Example("gateway init", Phrase(ja: "データフォルダーと秘密をつくる", en: "makes the folder"))
        ),
        options: [.data, .unlockFile]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        try place.isNew()
        try SelfTest.run()
        let unlock = try UnlockSecret.readOrMake(invocation.text(.unlockFile), for: .gateway)
        _ = try DataFolder.create(
            place.data,
            kind: .gateway,
            isSandbox: false,
            at: SystemTime().now
        )
        if let made = unlock.made { console.talk(.secretMade(made)) }
        console.next(.enrolment, after: invocation)
        return .done
    }

    private static let gatewayEnrol = Command(
        ["gateway", "enrol"],
        (
            Phrase(ja: "参加票で交換所に参加する", en: "join an exchange with its paper"),
            Example(
                "gateway enrol --paper 参加票.txt --as 辻本 --role careManager --phone 06-0000-1001",
                Phrase(ja: "鍵をつくり証明書を受け取る", en: "makes keys and obtains certificates")
            )
        ),
        options: [
            .data, .unlockFile, .configuration, .paper, .agent, .role, .phone, .fax, .deskName,
            .json,
        ]
    ) { invocation, console in
        if let role = invocation.text(.role) { try Profession.check(role) }
        let joining = try Joining(invocation)
        let member = try await joining.run(console)
        if invocation.has(.json) {
            console.data(["memberId": .string(member.text)])
        } else {
            console.talk(
                Phrase(ja: "参加しました（\(member)）。", en: "Joined as \(member).")
            )
            console.next("gateway serve", after: invocation)
        }
        return .done
    }

    private static let gatewayServe = Command(
        ["gateway", "serve"],
        (
            Phrase(ja: "ゲートウェイを動かす", en: "run the gateway"),
            Example("gateway serve", Phrase(ja: "止めるときは Ctrl-C", en: "Ctrl-C stops it"))
        ),
        options: [
            .data, .unlockFile, .configuration, .pages, .pagesName, .operations, .checkpointEvery,
            .hold, .sandbox, .untilInputEnds,
        ]
    ) { invocation, console in
        try await GatewayService(invocation, console).run()
        return .done
    }

    private static let organisationList = Command(
        ["gateway", "org", "list"],
        (
            Phrase(ja: "このゲートウェイの機関", en: "organisations of this gateway"),
            Example("gateway org list", Phrase(ja: "会員番号の一覧", en: "their member ids"))
        ),
        options: [.data, .unlockFile]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        try place.hasKind()
        let members = try GatewayHouse.members(in: place.data)
        for member in members { console.data(member.text) }
        if members.isEmpty { console.nothing() }
        return .done
    }

    private static let organisationShow = Command(
        ["gateway", "org", "show"],
        (
            Phrase(ja: "機関の登録内容", en: "what the registrar states of the organisation"),
            Example("gateway org show", Phrase(ja: "名称、種類、状態", en: "name, type, status"))
        ),
        options: [.data, .unlockFile, .organisation, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let json = try await place.ask(ControlCall("org.show", place.asking())).json
        let words = Words(language: console.language)
        console.data(invocation.has(.json) ? json.canonicalText : words.organisation(json))
        return .done
    }
}

extension Option {
    static let paper = Option(
        "paper",
        "FILE",
        Phrase(ja: "参加票（- は標準入力）", en: "joining paper, - for standard input"),
        form: .file
    )
    static let phone = Option(
        "phone",
        "TEL",
        Phrase(ja: "代表電話", en: "telephone"),
        form: .of { TelephoneNumber($0) }
    )
    static let fax = Option(
        "fax",
        "TEL",
        Phrase(ja: "FAX", en: "fax"),
        form: .of { TelephoneNumber($0) }
    )
    static let deskName = Option(
        "desk-name",
        "NAME",
        Phrase(ja: "窓口の名称", en: "name of the desk")
    )
    static let hold = Option(
        "hold",
        "SECONDS",
        Phrase(ja: "取消できる時間（秒）", en: "seconds in which it can be cancelled"),
        form: .number(0...600)
    )
    static let sandbox = Option(
        mark: "test-exchange",
        Phrase(ja: "試験用の番号を警告しない", en: "test numbers give no warning")
    )
}
