import Configuration
import Directory
import Primitives

extension Command {
    /// Desks of the own entry, and what the directory says of others.
    static let desks: [Command] = [deskList, deskAdd, deskHours, deskAbsence, directoryShow]

    private static let deskList = Command(
        ["gateway", "desk", "list"],
        (
            Phrase(ja: "自分の窓口の一覧", en: "list the own desks"),
            Example("gateway desk list", Phrase(ja: "受付時間と不在も", en: "with hours and absence"))
        ),
        options: [.data, .unlockFile, .organisation, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let answer = try await place.ask(ControlCall("desk.list", place.asking()))
        let words = Words(language: console.language)
        for item in answer.json["items"]?.array ?? [] {
            if invocation.has(.json) {
                console.data(item)
            } else {
                for line in words.desk(item) { console.data(line) }
            }
        }
        return .done
    }

    private static let deskAdd = Command(
        ["gateway", "desk", "add"],
        (
            Phrase(ja: "窓口を加える", en: "add a desk"),
            Example(
                "gateway desk add liaison --name 地域医療連携室 --kind liaisonOffice "
                    + "--as 潮見 --role msw",
                Phrase(ja: "全員の宛先帳に載る", en: "shows in everybody's directory")
            )
        ),
        arguments: [.desk],
        options: [
            .data, .unlockFile, .organisation, .agent, .role, .nameOfDesk, .deskKind, .deskPhone,
            .json,
        ]
    ) { invocation, console in
        guard let name = invocation.text(.nameOfDesk) else {
            throw UsageError.argumentMissing("--name NAME", of: invocation.command.path)
        }
        let place = Place(.gateway, invocation)
        let members: JSONObject = [
            "desk": .string(invocation.text(.desk)),
            "name": .string(name),
            "kind": invocation.text(.deskKind).map { .string($0) },
            "telephone": invocation.text(.deskPhone).map { .string($0) },
        ]
        let answer = try await place.ask(ControlCall("desk.add", try place.acting(members)))
        console.done(
            invocation,
            answer.json,
            Phrase(ja: "窓口を加えました。", en: "The desk is in the directory.")
        )
        let hours = "--days mon,tue --from 09:00 --to 17:00"
        console.next("gateway desk hours \(invocation.text(.desk)) \(hours)", after: invocation)
        return .done
    }

    private static let deskHours = Command(
        ["gateway", "desk", "hours"],
        (
            Phrase(ja: "受付時間とケアマネタイムを決める", en: "set hours, and hours for care managers"),
            Example(
                "gateway desk hours main --days mon,tue,wed,thu,fri --from 08:30 --to 17:15 "
                    + "--as 潮見 --role msw",
                Phrase(ja: "期限はこの時間で数える", en: "deadlines count in these hours")
            )
        ),
        arguments: [.desk],
        options: [
            .data, .unlockFile, .organisation, .agent, .role, .days, .from, .until, .onHolidays,
            .careManagers, .way, .note, .deputies, .clear, .json,
        ]
    ) { invocation, console in
        var change = JSONObject()
        let isForCareManagers = invocation.has(.careManagers)
        if let deputies = invocation.text(.deputies) {
            let names = deputies.split(separator: ",").map { String($0) }
            change["deputies"] = .array(names.map { ["deskId": .string($0), "after": 0] })
        }
        let name = isForCareManagers ? "careManagerHours" : "hours"
        if invocation.has(.clear) {
            change[name] = []
        } else if let days = invocation.text(.days) {
            let list = days.split(separator: ",").map { JSON.string(String($0)) }
            guard let from = invocation.text(.from), let to = invocation.text(.until) else {
                throw UsageError.argumentMissing("--from --to", of: invocation.command.path)
            }
            var span: JSONObject = [
                "days": .array(list), "from": .string(from), "to": .string(to),
            ]
            if isForCareManagers {
                span["way"] = .string(invocation.text(.way) ?? "telephone")
                span["note"] = invocation.text(.note).map { .string($0) }
            } else {
                span["holidays"] = .bool(invocation.has(.onHolidays))
            }
            change[name] = [.object(span)]
        }
        guard !change.isEmpty else {
            throw UsageError.argumentMissing("--days", of: invocation.command.path)
        }
        return try await changed(change, invocation, console)
    }

    private static let deskAbsence = Command(
        ["gateway", "desk", "absence"],
        (
            Phrase(ja: "窓口の不在を知らせる", en: "tell that a desk is away"),
            Example(
                "gateway desk absence main --from 2026-12-29 --to 2027-01-03 "
                    + "--text 年末年始 --as 潮見 --role msw",
                Phrase(ja: "送る人に送る前に見える", en: "senders see it before they send")
            )
        ),
        arguments: [.desk],
        options: [
            .data, .unlockFile, .organisation, .agent, .role, .firstDay, .lastDay, .absenceText,
            .cover, .clear, .json,
        ]
    ) { invocation, console in
        // The calls know no null: false takes it away.
        var absence: JSON = .bool(false)
        if !invocation.has(.clear) {
            guard let from = invocation.text(.firstDay), let to = invocation.text(.lastDay) else {
                throw UsageError.argumentMissing("--from --to", of: invocation.command.path)
            }
            let place = Place(.gateway, invocation)
            let own = try await place.ask(ControlCall("org.show", place.asking())).json["memberId"]
            absence = [
                "from": .string(from), "to": .string(to),
                "text": .string(invocation.text(.absenceText) ?? "不在"),
                "coveredBy": invocation.text(.cover).map {
                    ["memberId": own, "deskId": .string($0)]
                },
            ]
        }
        return try await changed(["absence": absence], invocation, console)
    }

    private static func changed(
        _ change: JSONObject,
        _ invocation: Invocation,
        _ console: Console
    ) async throws -> ExitCode {
        let place = Place(.gateway, invocation)
        let members: JSONObject = [
            "desk": .string(invocation.text(.desk)), "change": .object(change),
        ]
        let answer = try await place.ask(ControlCall("desk.change", try place.acting(members)))
        console.done(
            invocation,
            answer.json,
            Phrase(ja: "宛先帳を改めました。", en: "The directory shows it.")
        )
        return .done
    }

    private static let directoryShow = Command(
        ["directory", "show"],
        (
            Phrase(ja: "宛先の機関を詳しく見る", en: "show one member of the directory"),
            Example(
                "directory show 9910100123",
                Phrase(ja: "窓口、受付時間、不在、FAX", en: "desks, hours, absence, fax")
            )
        ),
        arguments: [.memberOrNumber],
        options: [.data, .unlockFile, .organisation, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let members: JSONObject = ["member": .string(invocation.text(.memberOrNumber))]
        let json = try await place.ask(ControlCall("directory.show", place.asking(members))).json
        guard !invocation.has(.json) else {
            console.data(json)
            return .done
        }
        for line in Words(language: console.language).shown(json) { console.data(line) }
        return .done
    }
}

extension Argument {
    fileprivate static let desk = Argument(
        "DESK",
        Phrase(ja: "窓口の番号（英小文字）", en: "desk id"),
        form: .of { DeskID($0) }
    )
    fileprivate static let memberOrNumber = Argument(
        "ID",
        Phrase(ja: "会員番号または事業所番号", en: "member id or office number")
    )
}

extension Option {
    fileprivate static let nameOfDesk = Option("name", "NAME", Phrase(ja: "窓口の名称", en: "its name"))
    fileprivate static let deskKind = Option(
        "kind",
        "CODE",
        Phrase(ja: "部署の種類（liaisonOffice など）", en: "kind of department"),
        form: .of { Department($0) }
    )
    fileprivate static let deskPhone = Option(
        "phone",
        "TEL",
        Phrase(ja: "窓口の電話", en: "telephone of the desk"),
        form: .of { TelephoneNumber($0) }
    )
    fileprivate static let days = Option(
        "days",
        "mon,tue,…",
        Phrase(ja: "曜日をコンマで区切る", en: "days of the week"),
        form: .of { text in
            let days = text.split(separator: ",").map { Weekday(rawValue: String($0)) }
            return days.isEmpty || days.contains { $0 == nil } ? nil : days
        }
    )
    fileprivate static let from = Option(
        "from",
        "HH:MM",
        Phrase(ja: "始まり", en: "beginning"),
        form: .of { TimeOfDay($0) }
    )
    fileprivate static let until = Option(
        "to",
        "HH:MM",
        Phrase(ja: "終わり", en: "end"),
        form: .of { TimeOfDay($0) }
    )
    fileprivate static let onHolidays = Option(
        mark: "holidays",
        Phrase(ja: "祝日と年末年始も同じ", en: "on public holidays too")
    )
    fileprivate static let careManagers = Option(
        mark: "care-manager",
        Phrase(ja: "ケアマネタイムとして", en: "as hours for care managers")
    )
    fileprivate static let way = Option(
        "way",
        "WAY",
        Phrase(ja: "telephone、visit、system", en: "telephone, visit, system"),
        form: .choice(ContactWay.allCases.map(\.rawValue))
    )
    fileprivate static let note = Option("note", "TEXT", Phrase(ja: "補足", en: "note"))
    fileprivate static let deputies = Option(
        "deputies",
        "D,…",
        Phrase(ja: "返事が遅れたとき引き継ぐ窓口", en: "desks that take over what is overdue")
    )
    fileprivate static let clear = Option(mark: "clear", Phrase(ja: "取り消す", en: "take it away"))
    fileprivate static let firstDay = Option(
        "from",
        "DATE",
        Phrase(ja: "初日", en: "first day"),
        form: .of { Day($0) }
    )
    fileprivate static let lastDay = Option(
        "to",
        "DATE",
        Phrase(ja: "最終日", en: "last day"),
        form: .of { Day($0) }
    )
    fileprivate static let absenceText = Option(
        "text",
        "TEXT",
        Phrase(ja: "送る人に見せる文", en: "what senders read")
    )
    fileprivate static let cover = Option(
        "covered-by",
        "D",
        Phrase(ja: "代わりの窓口", en: "desk that stands in"),
        form: .of { DeskID($0) }
    )
}
