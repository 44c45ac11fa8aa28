import Primitives

/// Why a job is not printed.
package enum PaperRefusal: Explained, Equatable {
    /// No job in the form of this version.
    case malformed
    /// More documents, pages or bytes than a job may have.
    case tooLarge
    /// Cairo or libqrencode could not, for the reason in their own words.
    case library(String)
    /// The worker could not be started, ended, or took too long.
    case workerEnded
    /// Too many jobs wait already.
    case busy

    package var code: String {
        switch self {
        case .malformed, .library, .workerEnded: "printFailed"
        case .tooLarge: "printTooLarge"
        case .busy: "printBusy"
        }
    }

    package var summary: String {
        switch self {
        case .malformed: "The page could not be drawn: the job is malformed."
        case .tooLarge: "The print is larger than a job may be."
        case .library(let words): "The page could not be drawn: \(words)."
        case .workerEnded: "The page could not be drawn: the worker ended."
        case .busy: "Too many pages wait to be drawn."
        }
    }

    package var advice: String {
        switch self {
        case .malformed, .library: "Update the program, and check that its fonts are installed."
        case .tooLarge: "Print fewer sheets at once."
        case .workerEnded: "Try again; if it fails again, read the sheet on the screen."
        case .busy: "Wait a moment and try again."
        }
    }

    package var isTemporary: Bool { self == .busy || self == .workerEnded }
}
