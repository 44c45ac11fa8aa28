import Testing

/// One ban or budget of the house, and what to do instead.
struct Rule: Sendable, CustomTestStringConvertible {
    let name: Name
    let replacement: String
    let findings: @Sendable (Tree) -> [Finding]

    init(
        _ name: Name,
        instead replacement: String,
        _ findings: @escaping @Sendable (Tree) -> [Finding]
    ) {
        self.name = name
        self.replacement = replacement
        self.findings = findings
    }

    var testDescription: String { name.rawValue }

    static let all: [Rule] =
        Rule.graph + Rule.shape + Rule.words + Rule.comments + Rule.testing + Rule.house

    /// What exceptions refer to.
    enum Name: String, Sendable, CaseIterable {
        case undeclaredImport, upwardArrow, sharedLibrary, blindness, strangers, houseSettings
        case longFile, medianFile, longFunction, usualFunction, parameters, nesting, longLine
        case unsafeCode, stringlyIdentity, stringKeys, foundation, systemCalls, hiddenClock
        case hiddenRandomness, hiddenEnvironment, droppedError, emptyCatch, untypedThrows, crash
        case publicAccess, print, sqlText, keysInStorage, looseConcurrency, looseCount
        case contentDescription
        case openTask, commentedCode, history, commentShare, unfinished
        case moduleContract, sleepingTest, testName, testShare, untestedModule, unreachedRefusal
        case strayFile, topLevel, readme, formatKeys, outsideMention, missingDocument
    }
}

/// One place that breaks a rule.
struct Finding: Sendable, Equatable {
    let path: String
    let line: Int
    let what: String

    init(_ path: String, _ line: Int = 1, _ what: String) {
        self.path = path
        self.line = line
        self.what = what
    }
}

/// A place that may break a rule, with the reason why it must.
struct Exception: Sendable {
    let rule: Rule.Name
    let path: String
    let reason: String

    init(_ rule: Rule.Name, _ path: String, _ reason: String) {
        self.rule = rule
        self.path = path
        self.reason = reason
    }
}
