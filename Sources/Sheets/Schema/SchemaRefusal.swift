import Primitives

/// Why a set of schemas was not compiled. Schemas are no secret: the place is told.
package struct SchemaRefusal: Explained, Equatable {
    package enum Reason: String, Sendable {
        /// Neither an object nor a truth value.
        case notASchema
        /// A keyword whose value has the wrong form.
        case badKeyword
        case unknownKeyword
        /// `$schema` asks for a meta-schema that is not at hand, or an unknown vocabulary.
        case unknownVocabulary
        /// No `$id` where one is needed, one that is not absolute, or one with a fragment.
        case badIdentifier
        case duplicateIdentifier
        /// A reference to no schema of the set.
        case unknownReference
        /// References that come back without having moved on in the instance.
        case referenceLoop
        case badPattern
        /// A back-reference, or a repetition that may take exponential time.
        case unsafePattern
    }

    package let reason: Reason
    /// URI of the document and JSON Pointer of the keyword.
    package let place: String

    package init(_ reason: Reason, at place: String) {
        self.reason = reason
        self.place = place
    }

    package var code: String { "schemaRefused" }
    package var summary: String { "A schema cannot be used (\(reason.rawValue) at \(place))." }
    package var advice: String { "Correct the schema, or restore the folder Schemas as installed." }
    package var isTemporary: Bool { false }
}
