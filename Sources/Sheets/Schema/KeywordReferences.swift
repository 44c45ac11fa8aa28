import Primitives

/// `$ref` and `$dynamicRef` (Core §8.2.3).
struct ReferenceKeyword: SchemaKeyword {
    private let target: SchemaIndex
    /// The name to look for in the dynamic scope, and all schemas it may mean.
    private let dynamic: (name: ByteText, candidates: [SchemaIndex])?

    var inPlace: [SchemaIndex] { [target] + (dynamic?.candidates ?? []) }

    static func make(_ source: KeywordSource) throws(SchemaRefusal) -> (any SchemaKeyword)? {
        guard let text = source.value.string else { throw source.refusal(.badKeyword) }
        let base = source.library.resources[source.place.resource].uri
        let uri = URIReference(text).resolved(against: base)
        guard let target = source.library.schema(uri) else {
            throw source.refusal(.unknownReference)
        }
        let isDynamic = source.name.hasSameBytes(as: "$dynamicRef")
        return ReferenceKeyword(
            target: target,
            dynamic: isDynamic ? dynamic(uri, target, source.library) : nil
        )
    }

    /// Dynamic only if what the reference names at first is itself a dynamic anchor of that name.
    private static func dynamic(
        _ uri: URIReference,
        _ target: SchemaIndex,
        _ library: SchemaLibrary
    ) -> (name: ByteText, candidates: [SchemaIndex])? {
        guard let name = uri.fragment.map({ ByteText($0) }),
            library.resources[library.places[target.position].resource].dynamicAnchors[name]
                == target
        else { return nil }
        return (name, library.resources.compactMap { $0.dynamicAnchors[name] })
    }

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        let found = dynamic.flatMap { run.dynamicTarget($0.name) }
        verdict.join(run.evaluate(found ?? target, instance))
    }
}
