package import Primitives

/// What a sheet asks its recipients for.
package enum AnswerKind: String, Sendable {
    /// 返信ください.
    case reply
    /// Word of the discharge (退院の連絡), asked for at the admission (A15).
    case discharge
}

/// An answer that one sheet asks for, and of whom.
package struct AskedAnswer: Hashable, Sendable {
    package let kind: AnswerKind
    /// nil: no day is set. The clock of an outcome starts with the admission (T2).
    package let due: Timestamp?
    /// Places in the sheet's list of recipients.
    package let recipients: [Int]
}

/// One row of `expects` in a type's `delivery.json`.
struct AnswerRule: Sendable {
    let kind: AnswerKind
    let condition: Condition
    /// The types that are the answer; nil: those of `replies`.
    let types: [SheetType]?
    /// Counted from the day of sending, where the sheet names no day itself.
    let dueDays: Int?
    /// Any sheet of the thread is an answer, not only one that names this sheet (O4).
    let isOfThread: Bool

    init(_ row: inout ObjectReader, _ lists: CodeLists) throws(DecodingRefusal) {
        kind = try row.value("kind", AnswerKind.init)
        condition = try Condition(try row.required("when"), lists)
        types = try row.optional("by").map { json throws(DecodingRefusal) in
            let types = (json.array ?? []).map { $0.string.flatMap(SheetType.init) }
            guard !types.isEmpty, types.allSatisfy({ $0 != nil }) else {
                throw DecodingRefusal(.badForm, at: "by")
            }
            return types.compactMap(\.self)
        }
        dueDays = try row.optionalInteger("dueDays")
        isOfThread = try row.optionalBool("inThread") ?? false
    }
}

extension SheetCatalogue {
    /// The answers that `sheet` asks for, as it goes out at `sentAt`.
    ///
    /// A recipient in copy owes none, nor does one whose kind of organisation cannot give it.
    package func answersAsked(by sheet: Sheet, sentAt: Timestamp) -> [AskedAnswer] {
        let rules = delivery(of: sheet.type)?.answers ?? []
        return rules.compactMap { rule in
            guard rule.condition.holds(in: SheetView(sheet), at: JSONPointer()) == true else {
                return nil
            }
            let recipients = sheet.recipients.indices.filter { index in
                let recipient = sheet.recipients[index]
                return recipient.purpose == .to && canGive(rule, sheet.type, recipient.type)
            }
            guard !recipients.isEmpty else { return nil }
            let asked = rule.kind == .reply ? sheet.replyDueOn : nil
            let day = asked ?? rule.dueDays.map { sentAt.dayInJapan.adding(days: $0) }
            return AskedAnswer(
                kind: rule.kind,
                due: day.map(Self.endOfDay),
                recipients: recipients
            )
        }
    }

    /// Whether `answer`, a later sheet of the same thread, ends the wait that `asked` has begun.
    package func ends(_ kind: AnswerKind, of asked: Sheet, _ answer: Sheet) -> Bool {
        let isNamed =
            answer.inReplyTo.map { $0 == asked.sheetID || $0 == asked.supersedes } ?? false
        if isNamed, delivery(of: answer.type)?.endsAll == true { return true }
        guard let rules = delivery(of: asked.type),
            let rule = rules.answers.first(where: { $0.kind == kind }),
            isNamed || rule.isOfThread
        else { return false }
        return rule.types?.contains(answer.type) ?? rules.isClosed(by: answer)
    }

    private func canGive(
        _ rule: AnswerRule,
        _ asked: SheetType,
        _ organisation: OrganisationType
    ) -> Bool {
        let types = rule.types ?? delivery(of: asked)?.replies.map(\.type) ?? []
        let known = types.compactMap { delivery(of: $0) }
        return known.isEmpty
            || known.contains { rules in
                rules.directions.contains { $0.from.contains(organisation) }
            }
    }

    /// 23:59:59 JST, as the manifest says it.
    private static func endOfDay(_ day: Day) -> Timestamp {
        Timestamp(startOfDayInJapan: day.adding(days: 1)).adding(.seconds(-1))
    }
}
