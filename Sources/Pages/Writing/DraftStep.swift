import Gateway
import Primitives
import Sheets

/// One page of the writing of a draft: a part of its form. A short form is one page.
struct DraftStep: Sendable {
    let id: String
    let title: String
    /// Of the form's parts those it shows, with what of them it shows.
    let parts: [FormField]
    private let asks: Set<Other>

    /// What has no fields of the form.
    private enum Other { case recipients, ground, files }

    var asksRecipients: Bool { asks.contains(.recipients) }
    var asksGround: Bool { asks.contains(.ground) }
    var asksFiles: Bool { asks.contains(.files) }
    var hasFilesAlone: Bool { asks == [.files] }

    /// So many fields are one page.
    private static let fieldsOfOnePage = 40

    /// - Parameters:
    ///   - form: what a writer fills in.
    ///   - sections: of its body.
    /// - Returns: never none.
    static func steps(of form: FormField, _ sections: [FormSection]) -> [DraftStep] {
        guard form.countOfFields > fieldsOfOnePage,
            let body = form.members.first(where: \.isBody)
        else {
            return [DraftStep("all", "", form.members, asks: [.recipients, .ground, .files])]
        }
        let others = form.members.filter { !$0.isBody }
        let inner = sections.enumerated().map { index, section in
            let part = body.with(.group(section.fields))
            return DraftStep("s\(index + 1)", section.title ?? "書類の始め", [part])
        }
        return [
            DraftStep("to", "宛先", [], asks: [.recipients]),
            DraftStep("person", "利用者と用件", others),
        ] + inner + [
            DraftStep("ground", "同意", [], asks: [.ground]),
            DraftStep("files", "添付", [], asks: [.files]),
        ]
    }

    /// Of a form that asks for nothing: what is posted for no step there is changes nothing.
    static let none = DraftStep("none", "", [])

    private init(
        _ id: String,
        _ title: String,
        _ parts: [FormField],
        asks: Set<Other> = []
    ) {
        self.id = id
        self.title = title
        self.parts = parts
        self.asks = asks
    }

    /// Whether a place of the sheet is filled in here.
    func covers(_ pointer: JSONPointer) -> Bool {
        guard let first = pointer.tokens.first else { return false }
        if first.hasSameBytes(as: "recipients") { return asksRecipients }
        if first.hasSameBytes(as: "consent") { return asksGround }
        if first.hasSameBytes(as: "attachments") { return asksFiles }
        guard let part = parts.first(where: { $0.name.hasSameBytes(as: first) }) else {
            return false
        }
        guard part.isBody, pointer.tokens.count > 1 else { return true }
        return part.members.contains { $0.name.hasSameBytes(as: pointer.tokens[1]) }
    }
}

/// How far a step is, told in words and by a sign.
struct StepState {
    let wrong: Int
    let missing: Int
    let isBegun: Bool

    init(_ step: DraftStep, _ desk: DraftDesk, _ problems: [SheetProblem]) {
        let draft = desk.draft
        let own = problems.filter { step.covers($0.pointer) }
        missing = own.filter(\.isMissing).count
        wrong = own.count - missing
        isBegun =
            draft.values.keys.contains(where: step.covers)
            || step.asksRecipients && !draft.to.isEmpty
            || step.asksGround && draft.consent != nil
            || step.asksFiles && !desk.files.listed.isEmpty
    }

    var words: HTML {
        switch (wrong, missing) {
        case (0, 0): isBegun ? "✓ 記入済" : "任意"
        case (0, _): "○ 未入力 \(missing)"
        default: "！ エラー \(wrong + missing)"
        }
    }
}

extension SheetProblem {
    fileprivate var isMissing: Bool { rule.hasSameBytes(as: "E-REQUIRED") }
}

extension FormField {
    var isBody: Bool { name.hasSameBytes(as: "body") }

    /// Those that one fills in, of a list one row.
    fileprivate var countOfFields: Int {
        switch kind {
        case .group(let members): members.reduce(0) { $0 + $1.countOfFields }
        case .list(let element, _): element.field.countOfFields
        default: 1
        }
    }
}
