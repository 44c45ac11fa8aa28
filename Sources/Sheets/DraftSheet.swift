package import Primitives

/// The bytes of something that may become a sheet; nothing about them is known.
package struct DraftSheet: Sendable, CustomStringConvertible {
    let bytes: [UInt8]

    /// - Parameter bytes: one JSON object in any form; `validate` reads it strictly.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    package var description: String { "DraftSheet" }
}

/// What a sheet is judged against besides itself.
package struct SheetContext: Sendable, CustomStringConvertible {
    package let today: Day
    /// The sheet that a reply answers. Without it the rules that need it are not evaluated.
    package let answered: Sheet?
    /// In a test exchange numbers reserved for tests give no warning.
    package let isTestExchange: Bool

    package init(today: Day, answered: Sheet? = nil, isTestExchange: Bool = false) {
        self.today = today
        self.answered = answered
        self.isTestExchange = isTestExchange
    }

    package var description: String { "SheetContext on \(today)" }
}
