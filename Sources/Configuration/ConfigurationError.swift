import Primitives

/// A configuration that the program will not start with.
package struct ConfigurationError: Explained, Equatable {
    /// What is wrong at the place.
    package enum Reason: Equatable, Sendable {
        /// Above `SettingsReader.maximumBytes`.
        case tooLarge
        /// Not TOML, in the words of the parser.
        case syntax(String)
        case unknownSection(String, nearest: String?)
        case unknownKey(String, nearest: String?)
        /// The value of an option has not the form it must have.
        case unfit(String, SettingForm)
        /// An option without default is given nowhere.
        case missing(String)
    }

    package let reason: Reason
    package let place: SettingPlace

    package init(_ reason: Reason, at place: SettingPlace) {
        self.reason = reason
        self.place = place
    }

    package var code: String { "configuration" }
    package var isTemporary: Bool { false }

    package var summary: String {
        switch reason {
        case .tooLarge: "\(place.file) is too large for a configuration file."
        case .syntax(let words): "\(place): not TOML: \(words)"
        case .unknownSection(let name, _): "\(place): there is no section [\(name)]."
        case .unknownKey(let name, _): "\(place): there is no option \(name)."
        case .unfit(let name, let form): "\(place): \(name) must be \(form)."
        case .missing(let name): "\(place.file): \(name) is missing."
        }
    }

    package var advice: String {
        switch reason {
        case .unknownSection(_, let nearest?): "Did you mean [\(nearest)]?"
        case .unknownKey(_, let nearest?): "Did you mean \(nearest)?"
        case .tooLarge, .syntax, .unknownSection, .unknownKey, .unfit, .missing:
            "Correct the file; “config show --effective” lists every option."
        }
    }
}
