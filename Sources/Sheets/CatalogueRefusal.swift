package import Primitives

/// Why a catalogue was not loaded. Its files are no secret: the place is told.
package struct CatalogueRefusal: Explained, Equatable {
    package enum Reason: Sendable, Equatable {
        /// A file that must be there is not.
        case missingFile
        case malformed(DecodingRefusal)
        case schema(SchemaRefusal)
        /// A code list that no file holds, or one that includes itself.
        case unknownCodeList
        case unknownRuleKind
        case badRule
        case unknownReference
        case duplicateFile
    }

    package let reason: Reason
    /// Path of the file relative to `Schemas/`, with a JSON Pointer where it helps.
    package let place: String

    package init(_ reason: Reason, at place: String) {
        self.reason = reason
        self.place = place
    }

    package var code: String { "catalogueRefused" }
    package var summary: String { "The sheet catalogue cannot be used: \(reason) in \(place)." }
    package var advice: String { "Restore the folder Schemas as installed, or correct the file." }
    package var isTemporary: Bool { false }
}
