import Configuration
import Primitives
import Staff

extension Command {
    /// 保守: what is done to the machine is approved before, and on record.
    static let maintaining: [Command] = [
        maintenanceApprove, maintenanceStart, maintenanceEnd,
    ]

    private static let maintenanceApprove = Command(
        ["gateway", "maintenance", "approve"],
        (
            Phrase(ja: "保守の作業を承認する", en: "approve work on the machine"),
            Example(
                "gateway maintenance approve --work ディスクの交換 --begins 2026-12-01T22:00 "
                    + "--ends 2026-12-01T23:30 --as 潮見 --role clerk",
                Phrase(
                    ja: "作業する人とは別の人が、前もって行う。番号が出る",
                    en: "beforehand, by another person than who does it"
                )
            )
        ),
        options: [
            .data, .unlockFile, .organisation, .agent, .role, .work, .begins, .ends, .json,
        ]
    ) { invocation, console in
        guard let work = invocation.text(.work),
            let from = invocation.text(.begins).flatMap(Timestamp.init(localMinute:)),
            let to = invocation.text(.ends).flatMap(Timestamp.init(localMinute:))
        else {
            throw UsageError.argumentMissing(
                "--work TEXT --begins TIME --ends TIME",
                of: invocation.command.path
            )
        }
        let plan = try await note(
            "maintenance.approve",
            [
                "work": .string(work), "from": .string(from.description),
                "to": .string(to.description),
            ],
            invocation,
            console
        )
        if !invocation.has(.json) {
            console.next(
                "gateway maintenance start --plan \(plan) --work TEXT --as NAME --role CODE",
                after: invocation
            )
        }
        return .done
    }

    private static let maintenanceStart = Command(
        ["gateway", "maintenance", "start"],
        (
            Phrase(ja: "保守の作業の開始を記録する", en: "record that work on the machine begins"),
            Example(
                "gateway maintenance start --plan \(Example.message) --work ディスクの交換 --as 保守業者 "
                    + "--role clerk",
                Phrase(
                    ja: "承認のない作業は --plan なし。監査で分かる",
                    en: "work without approval: leave out --plan; auditors see it"
                )
            )
        ),
        options: [.data, .unlockFile, .organisation, .agent, .role, .plan, .work, .json]
    ) { invocation, console in
        guard let work = invocation.text(.work) else {
            throw UsageError.argumentMissing("--work TEXT", of: invocation.command.path)
        }
        let plan = try await note(
            "maintenance.start",
            ["work": .string(work), "plan": invocation.text(.plan).map { .string($0) }],
            invocation,
            console
        )
        if !invocation.has(.json) {
            console.next(
                "gateway maintenance end --plan \(plan) --remark TEXT --as NAME --role CODE",
                after: invocation
            )
        }
        return .done
    }

    private static let maintenanceEnd = Command(
        ["gateway", "maintenance", "end"],
        (
            Phrase(ja: "保守の作業の終了と結果を記録する", en: "record that work has ended, and how"),
            Example(
                "gateway maintenance end --plan \(Example.message) --remark 交換済み --as 保守業者 "
                    + "--role clerk",
                Phrase(ja: "承認との違いは audit ask Q14", en: "audit ask Q14 compares")
            )
        ),
        options: [.data, .unlockFile, .organisation, .agent, .role, .plan, .remark, .json]
    ) { invocation, console in
        guard let plan = invocation.text(.plan), let remark = invocation.text(.remark) else {
            throw UsageError.argumentMissing(
                "--plan ID --remark TEXT",
                of: invocation.command.path
            )
        }
        _ = try await note(
            "maintenance.end",
            ["plan": .string(plan), "remark": .string(remark)],
            invocation,
            console
        )
        return .done
    }

    private static func note(
        _ call: String,
        _ members: JSONObject,
        _ invocation: Invocation,
        _ console: Console
    ) async throws -> String {
        let place = Place(.gateway, invocation)
        let answer = try await place.ask(ControlCall(call, try place.acting(members))).json
        let plan = answer["plan"]?.string ?? ""
        console.done(
            invocation,
            answer,
            Phrase(ja: "記録しました。番号 \(plan)", en: "Recorded as \(plan).")
        )
        return plan
    }
}

extension Timestamp {
    /// `2026-12-01T22:00`, in Japan.
    init?(localMinute text: String) {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2, let day = Day(String(parts[0])) else { return nil }
        let clock = parts[1].split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count == 2, clock.allSatisfy({ $0.utf8.count == 2 }),
            let hour = Int(clock[0]), let minute = Int(clock[1]),
            0..<24 ~= hour, 0..<60 ~= minute
        else { return nil }
        self = Timestamp(startOfDayInJapan: day).adding(.minutes(hour * 60 + minute))
    }
}

extension Option {
    fileprivate static let work = Option(
        "work",
        "TEXT",
        Phrase(ja: "作業の内容（氏名は書かない）", en: "what is done; no names of patients"),
        form: .of { $0.isRemark ? $0 : nil }
    )
    fileprivate static let begins = Option(
        "begins",
        "TIME",
        Phrase(ja: "始める日時（2026-12-01T22:00 の形、日本時間）", en: "begin, in Japan, as 2026-12-01T22:00"),
        form: .of { Timestamp(localMinute: $0) }
    )
    fileprivate static let ends = Option(
        "ends",
        "TIME",
        Phrase(ja: "終える日時", en: "end, in the same form"),
        form: .of { Timestamp(localMinute: $0) }
    )
    fileprivate static let plan = Option(
        "plan",
        "ID",
        Phrase(ja: "承認のときに出た番号", en: "the number that the approval gave"),
        form: .of { MaintenanceID($0) }
    )
    fileprivate static let remark = Option(
        "remark",
        "TEXT",
        Phrase(ja: "結果", en: "how it went"),
        form: .of { $0.isRemark ? $0 : nil }
    )
}
