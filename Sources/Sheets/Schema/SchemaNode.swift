import Primitives

/// A schema in its compiled form.
struct SchemaNode: Sendable {
    let keywords: [any SchemaKeyword]
    /// The schema `false`, which the keyword above it reports in its own name.
    let isFalse: Bool
    let resource: Int
    let location: String

    /// Compiles every schema of the library, in the same order.
    static func compile(
        _ library: SchemaLibrary,
        _ options: SchemaOptions
    ) throws(SchemaRefusal) -> [SchemaNode] {
        var nodes: [SchemaNode] = []
        for place in library.places {
            nodes.append(
                SchemaNode(
                    keywords: try keywords(of: place, library, options),
                    isFalse: place.schema.bool == false,
                    resource: place.resource,
                    location: library.location(of: place)
                )
            )
        }
        return nodes
    }

    private static func keywords(
        of place: SchemaPlace,
        _ library: SchemaLibrary,
        _ options: SchemaOptions
    ) throws(SchemaRefusal) -> [any SchemaKeyword] {
        let dialect = library.dialect(of: place)
        var first: [any SchemaKeyword] = []
        var last: [any SchemaKeyword] = []
        for (name, value) in place.schema.object?.members ?? [] {
            let source = KeywordSource(
                name: name,
                value: value,
                place: place,
                library: library,
                options: options
            )
            guard let keyword = try keyword(dialect.definition(name), source) else { continue }
            if keyword.isLast { last.append(keyword) } else { first.append(keyword) }
        }
        return first + last
    }

    private static func keyword(
        _ definition: KeywordDefinition?,
        _ source: KeywordSource
    ) throws(SchemaRefusal) -> (any SchemaKeyword)? {
        if let definition { return try definition.make(source) }
        if case .refuse(let allowed) = source.options.unknownKeywords,
            !allowed.contains(ByteText(source.name))
        {
            throw source.refusal(.unknownKeyword)
        }
        return AnnotationKeyword.make(source)
    }
}

/// The search for schemas that would apply themselves to one instance for ever.
enum ReferenceLoop {
    /// - Throws: `referenceLoop` with the place of one schema in a loop.
    static func refuse(in nodes: [SchemaNode]) throws(SchemaRefusal) {
        var state = [State](repeating: .new, count: nodes.count)
        for position in nodes.indices { try visit(position, nodes, &state) }
    }

    private enum State { case new, open, done }

    private static func visit(
        _ position: Int,
        _ nodes: [SchemaNode],
        _ state: inout [State]
    ) throws(SchemaRefusal) {
        switch state[position] {
        case .done: return
        case .open: throw SchemaRefusal(.referenceLoop, at: nodes[position].location)
        case .new: break
        }
        state[position] = .open
        for keyword in nodes[position].keywords {
            for target in keyword.inPlace { try visit(target.position, nodes, &state) }
        }
        state[position] = .done
    }
}
