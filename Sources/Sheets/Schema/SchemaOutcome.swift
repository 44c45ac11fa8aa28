package import Primitives

/// The answer to one validation: the verdict of the standard, and all problems behind it.
///
/// Problems are collected through every subschema that *must* hold: `allOf`, `$ref`, `then`,
/// `else`, `dependentSchemas`, members and elements. Alternatives are one problem: where no branch
/// of `anyOf`, or not exactly one of `oneOf`, holds, that keyword is reported at the instance and
/// the problems inside its branches are not, because they contradict each other. `if`, `not` and
/// `contains` likewise never report from inside.
///
/// `unevaluatedProperties` and `unevaluatedItems` speak only of what no subschema looked at. What a
/// *failed* subschema looked at counts as seen here; the standard forgets it, which would add a
/// second, misleading problem to an instance that is invalid already. The verdict is the same.
/// For the same reason an invalid outcome still lists annotations.
package struct SchemaOutcome: Sendable, CustomStringConvertible {
    package let isValid: Bool
    package let problems: [SchemaProblem]
    /// Annotations that the options asked for.
    package let annotations: [SchemaAnnotation]

    package var description: String { isValid ? "valid" : "\(problems.count) problems" }
}

/// One thing that is wrong at one place of an instance. Its description leaves the instance out.
package struct SchemaProblem: Sendable, CustomStringConvertible {
    /// The value that is wrong; for a missing or unwanted member, the object.
    package let instance: JSONPointer
    /// The keyword that is not satisfied; `false` for the schema `false`.
    package let keyword: String
    /// Where that keyword stands: the URI of its document and a JSON Pointer.
    package let schema: String
    /// The value of the keyword.
    package let detail: JSON?
    /// The missing name (`required`, `dependentRequired`), or the unwanted or ill-formed one.
    package let member: String?

    package var description: String { "\(keyword) of \(schema)" }
}

/// A value that a schema attaches to a place of an instance.
package struct SchemaAnnotation: Sendable, CustomStringConvertible {
    package let instance: JSONPointer
    package let keyword: String
    package let schema: String
    package let value: JSON

    package var description: String { "\(keyword) of \(schema)" }
}
