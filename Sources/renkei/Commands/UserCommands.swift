import Audit
import Configuration
import Primitives
import Staff

extension Command {
    /// Accounts of the people who use the pages (職員).
    static let users: [Command] = [
        userAdd, userList, userShow, userRole, userChange, userReset, userSessions, userSuspend,
        userResume, userReview, userLeave,
    ]

    private static let common: [Option] = [
        .data, .unlockFile, .organisation, .agent, .role, .json,
    ]

    private static let userAdd = Command(
        ["gateway", "user", "add"],
        (
            Phrase(ja: "職員を登録する", en: "add a person who works here"),
            Example(
                "gateway user add sato --name 佐藤花子 --profession nurse --roles sender "
                    + "--as 潮見 --role msw",
                Phrase(ja: "最初のサインインのコードが出る", en: "prints the code of the first sign-in")
            )
        ),
        arguments: [.user],
        options: common + [.userName, .profession, .roles, .desks]
    ) { invocation, console in
        try invocation.demand([.userName, .profession, .roles])
        try invocation.text(.profession).map(Profession.check)
        var members = members(invocation)
        members["name"] = invocation.text(.userName).map { .string($0) }
        members["profession"] = invocation.text(.profession).map { .string($0) }
        return try await handOver("user.add", members, invocation, console)
    }

    private static let userReset = Command(
        ["gateway", "user", "reset"],
        (
            Phrase(ja: "サインインできない職員にコードを出す", en: "a code for who cannot sign in"),
            Example(
                "gateway user reset sato --for once --as 潮見 --role msw",
                Phrase(ja: "端末を忘れた日の1回分", en: "one sign-in without the device")
            )
        ),
        arguments: [.user],
        options: common + [.codeUse]
    ) { invocation, console in
        guard let use = invocation.text(.codeUse) else {
            throw UsageError.argumentMissing("--for", of: invocation.command.path)
        }
        var members = members(invocation)
        members["use"] = .string(use)
        return try await handOver("user.reset", members, invocation, console)
    }

    private static let userList = Command(
        ["gateway", "user", "list"],
        (
            Phrase(ja: "職員の一覧", en: "list the accounts"),
            Example("gateway user list", Phrase(ja: "役割、窓口、状態", en: "roles, desks, state"))
        ),
        options: [.data, .unlockFile, .organisation, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let answer = try await place.ask(ControlCall("user.list", place.asking()))
        let words = Words(language: console.language)
        for item in answer.json["items"]?.array ?? [] {
            if invocation.has(.json) { console.data(item) } else { console.data(words.user(item)) }
        }
        return .done
    }

    private static let userShow = Command(
        ["gateway", "user", "show"],
        (
            Phrase(ja: "職員を一人見る", en: "show one account"),
            Example(
                "gateway user show sato",
                Phrase(ja: "サインイン中の端末も", en: "with the sessions that run")
            )
        ),
        arguments: [.user],
        options: [.data, .unlockFile, .organisation, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let members: JSONObject = ["user": .string(invocation.text(.user))]
        let json = try await place.ask(ControlCall("user.show", place.asking(members))).json
        guard !invocation.has(.json) else {
            console.data(json)
            return .done
        }
        for line in Words(language: console.language).shownUser(json) { console.data(line) }
        return .done
    }

    private static let userRole = Command(
        ["gateway", "user", "role"],
        (
            Phrase(ja: "職員の役割を決める", en: "set the roles of a person"),
            Example(
                "gateway user role sato --roles sender,deskLead --as 潮見 --role msw",
                Phrase(ja: "書いた役割だけになる", en: "these and no others")
            )
        ),
        arguments: [.user],
        options: common + [.roles]
    ) { invocation, console in
        guard invocation.text(.roles) != nil else {
            throw UsageError.argumentMissing("--roles", of: invocation.command.path)
        }
        return try await change("user.role", members(invocation), invocation, console)
    }

    private static let userChange = Command(
        ["gateway", "user", "change"],
        (
            Phrase(ja: "氏名、職種、窓口を変える", en: "change name, profession or desks"),
            Example(
                "gateway user change sato --desks liaison,main --as 潮見 --role msw",
                Phrase(ja: "書いたものだけ変わる", en: "what is given changes")
            )
        ),
        arguments: [.user],
        options: common + [.userName, .profession, .desks]
    ) { invocation, console in
        var members = members(invocation)
        members["name"] = invocation.text(.userName).map { .string($0) }
        if let profession = invocation.text(.profession) {
            try Profession.check(profession)
            members["profession"] = .string(profession)
        }
        guard members.count > 1 else {
            throw UsageError.argumentMissing(
                "--name --profession --desks",
                of: invocation.command.path
            )
        }
        return try await change("user.change", members, invocation, console)
    }

    private static let userSessions = Command(
        ["gateway", "user", "sessions"],
        (
            Phrase(ja: "サインイン中の端末をすべて終わらせる", en: "end all sessions of a person"),
            Example(
                "gateway user sessions sato --end --as 潮見 --role msw",
                Phrase(ja: "端末をなくしたとき", en: "when a terminal was lost")
            )
        ),
        arguments: [.user],
        options: common + [.endSessions]
    ) { invocation, console in
        guard invocation.has(.endSessions) else {
            throw UsageError.argumentMissing("--end", of: invocation.command.path)
        }
        return try await change("user.sessions", members(invocation), invocation, console)
    }

    private static let userSuspend = Command(
        ["gateway", "user", "suspend"],
        (
            Phrase(ja: "職員を停止する", en: "suspend a person"),
            Example(
                "gateway user suspend sato --as 潮見 --role msw",
                Phrase(ja: "すぐに使えなくなる", en: "they are out at once")
            )
        ),
        arguments: [.user],
        options: common
    ) { invocation, console in
        try await change("user.suspend", members(invocation), invocation, console)
    }

    private static let userResume = Command(
        ["gateway", "user", "resume"],
        (
            Phrase(ja: "停止した職員を戻す", en: "let a suspended person in again"),
            Example(
                "gateway user resume sato --as 潮見 --role msw",
                Phrase(ja: "前のパスワードで使える", en: "with the password as before")
            )
        ),
        arguments: [.user],
        options: common
    ) { invocation, console in
        try await change("user.resume", members(invocation), invocation, console)
    }

    private static let userReview = Command(
        ["gateway", "user", "review"],
        (
            Phrase(ja: "職員の役割と窓口を見直したことを記録する", en: "record that an account was reviewed"),
            Example(
                "gateway user review sato --as 潮見 --role msw",
                Phrase(ja: "半年ごとに", en: "every half year")
            )
        ),
        arguments: [.user],
        options: common
    ) { invocation, console in
        try await change("user.review", members(invocation), invocation, console)
    }

    private static let userLeave = Command(
        ["gateway", "user", "leave"],
        (
            Phrase(ja: "職員を退職にする", en: "a person has left"),
            Example(
                "gateway user leave sato --confirm sato --as 潮見 --role msw",
                Phrase(ja: "元に戻せない", en: "cannot be undone")
            )
        ),
        arguments: [.user],
        options: common + [.confirmUser]
    ) { invocation, console in
        let user = invocation.text(.user)
        guard let typed = invocation.text(.confirmUser), typed.hasSameBytes(as: user) else {
            throw UsageError.argumentMissing("--confirm \(user)", of: invocation.command.path)
        }
        return try await change("user.leave", members(invocation), invocation, console)
    }
}

extension Command {
    /// What the options say of an account.
    private static func members(_ invocation: Invocation) -> JSONObject {
        func list(_ option: Option) -> JSON? {
            invocation.text(option).map { text in
                .array(text.split(separator: ",").map { .string(String($0)) })
            }
        }
        var members: JSONObject = ["user": .string(invocation.text(.user))]
        members["roles"] = list(.roles)
        members["desks"] = list(.desks)
        return members
    }

    private static func change(
        _ call: String,
        _ members: JSONObject,
        _ invocation: Invocation,
        _ console: Console
    ) async throws -> ExitCode {
        let place = Place(.gateway, invocation)
        let json = try await place.ask(ControlCall(call, try place.acting(members))).json
        if invocation.has(.json) {
            console.data(json)
        } else {
            console.data(Words(language: console.language).user(json))
        }
        return .done
    }

    /// The code goes to standard output, alone; what to do with it to the person.
    private static func handOver(
        _ call: String,
        _ members: JSONObject,
        _ invocation: Invocation,
        _ console: Console
    ) async throws -> ExitCode {
        let place = Place(.gateway, invocation)
        let json = try await place.ask(ControlCall(call, try place.acting(members))).json
        if invocation.has(.json) {
            console.data(json)
        } else {
            console.data(json["code"]?.string ?? "-")
        }
        console.talk(Words(language: console.language).handed(json))
        return .done
    }
}

extension Argument {
    fileprivate static let user = Argument(
        "USER",
        Phrase(ja: "職員ID（英小文字と数字）", en: "sign-in name"),
        form: .of { SignInName($0) }
    )
}

extension Option {
    fileprivate static let userName = Option("name", "NAME", Phrase(ja: "職員の氏名", en: "the name"))
    fileprivate static let profession = Option(
        "profession",
        "CODE",
        Phrase(ja: "職員の職種コード", en: "the profession"),
        form: .of { RoleCode($0) }
    )
    fileprivate static let roles = Option(
        "roles",
        "R,…",
        Phrase(
            ja: "役割をコンマで区切る（"
                + StaffRole.allCases.map { "\($0.rawValue) \($0.japanese)" }
                .joined(separator: "、") + "）",
            en: "roles: " + StaffRole.allCases.map(\.rawValue).joined(separator: ", ")
        ),
        form: .list(StaffRole.allCases.map(\.rawValue))
    )
    fileprivate static let desks = Option(
        "desks",
        "D,…",
        Phrase(ja: "窓口をコンマで区切る", en: "desks, the usual one first"),
        form: .of { text in
            let desks = text.split(separator: ",").map { DeskID(String($0)) }
            return desks.isEmpty || desks.contains { $0 == nil } ? nil : desks
        }
    )
    fileprivate static let codeUse = Option(
        "for",
        "USE",
        Phrase(
            ja: "once 端末を忘れた1回分、factor 端末をなくした、password パスワードを忘れた、start すべてやり直す",
            en: "once, factor (lost device), password (forgotten), start (everything anew)"
        ),
        form: .choice(GivenCodeUse.allCases.map(\.rawValue))
    )
    fileprivate static let endSessions = Option(
        mark: "end",
        Phrase(ja: "終わらせる", en: "end them")
    )
    fileprivate static let confirmUser = Option(
        "confirm",
        "USER",
        Phrase(ja: "確認のため職員IDをもう一度書く", en: "type the sign-in name again to confirm")
    )
}
