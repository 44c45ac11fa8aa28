package import Primitives

/// Everything that was found in one draft.
package struct SheetReport: Sendable, CustomStringConvertible {
    /// Each pair of pointer and rule once. Empty exactly when the draft is a valid sheet.
    package let problems: [SheetProblem]
    /// Each rule once. They never stop a sheet.
    package let warnings: [SheetWarning]

    package init(problems: [SheetProblem], warnings: [SheetWarning]) {
        self.problems = problems
        self.warnings = warnings
    }

    package var description: String {
        "\(problems.count) problems, \(warnings.count) warnings"
    }
}

/// A reason why a draft is no sheet.
package struct SheetProblem: Hashable, Sendable, CustomStringConvertible {
    /// Relative to the sheet; of a missing member, where it should stand.
    package let pointer: JSONPointer
    /// For example `E-REQUIRED`, `E-RULE:A5`, `E-CONSENT:C-2`.
    package let rule: String
    /// A Japanese sentence for the person who writes the sheet: what to do, by the field's label.
    /// It repeats no content.
    package let message: String

    package init(pointer: JSONPointer, rule: String, message: String) {
        self.pointer = pointer
        self.rule = rule
        self.message = message
    }

    package var description: String { rule }
}

/// Something the sender should look at; kept with the sheet.
package struct SheetWarning: Hashable, Sendable, CustomStringConvertible {
    /// For example `W-KEYPERSON`.
    package let rule: String
    /// A Japanese sentence, as of a problem.
    package let message: String

    package var description: String { rule }
}

/// A draft that is no sheet, with all reasons at once.
package struct InvalidSheet: Explained, Equatable {
    /// Never empty.
    package let problems: [SheetProblem]
    package let warnings: [SheetWarning]

    package var code: String { "invalidSheet" }
    package var summary: String {
        "The sheet breaks \(problems.count) rules: "
            + Set(problems.map(\.rule)).sorted().joined(separator: ", ") + "."
    }
    package var advice: String { "Correct the fields named by the JSON Pointers and try again." }
    package var isTemporary: Bool { false }
}
