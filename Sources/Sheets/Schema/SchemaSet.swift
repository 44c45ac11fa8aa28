// JSON Schema 2020-12, all of its required parts, over the strict JSON of Primitives.
//
// Owns loading, compiling and applying schemas. It reads no file and no network: every document is
// given by the caller, or by the caller's `resolve`. Numbers are exact decimals, text compares by
// bytes, lengths count Unicode scalars. `format` and `content…` are annotations.
//
// Loading refuses what it does not understand (`SchemaRefusal`): unknown keywords where the options
// say so, unknown vocabularies, references that lead nowhere or in a circle. Applying never fails:
// it answers with all problems at once (see `SchemaOutcome` for what "all" means).

package import Primitives

/// Compiled schemas. Immutable: one set serves any number of threads.
package struct SchemaSet: Sendable {
    private let library: SchemaLibrary
    private let nodes: [SchemaNode]
    private let options: SchemaOptions

    /// Compiles documents that name themselves by an absolute `$id`. A document that is referred to
    /// and not among them is asked for by `resolve`.
    ///
    /// - Throws: the first `SchemaRefusal`; a set is complete or it is not made.
    package init(
        _ documents: [JSON],
        options: SchemaOptions,
        resolve: (String) -> JSON?
    ) throws(SchemaRefusal) {
        var named: [SchemaDocument] = []
        for (position, document) in documents.enumerated() {
            guard let id = document["$id"]?.string else {
                throw SchemaRefusal(.badIdentifier, at: "document \(position)")
            }
            named.append(SchemaDocument(uri: id, content: document))
        }
        try self.init(named, options: options, resolve: resolve)
    }

    /// Compiles documents that were found under a URI, whether or not they have an `$id`.
    package init(
        _ documents: [SchemaDocument],
        options: SchemaOptions,
        resolve: (String) -> JSON?
    ) throws(SchemaRefusal) {
        var library = SchemaLibrary()
        for document in documents { try library.load(document, resolve) }
        try library.loadReferences(resolve)
        nodes = try SchemaNode.compile(library, options)
        try ReferenceLoop.refuse(in: nodes)
        self.library = library
        self.options = options
    }

    /// True if `id` names a schema of the set: a URI, with or without a fragment.
    package func contains(_ id: String) -> Bool { library.schema(URIReference(id)) != nil }

    /// Applies the schema named `id`, which must be in the set.
    package func validate(_ instance: JSON, against id: String) -> SchemaOutcome {
        guard let schema = library.schema(URIReference(id)) else {
            preconditionFailure("no schema has this name")
        }
        var run = SchemaRun(nodes, library.resources, collecting: options.collected)
        let verdict = run.evaluate(schema, instance)
        return SchemaOutcome(
            isValid: verdict.isValid,
            problems: run.problems,
            annotations: run.annotations
        )
    }
}

/// A schema document and the URI it was found under.
package struct SchemaDocument: Sendable {
    package let uri: String
    package let content: JSON

    package init(uri: String, content: JSON) {
        self.uri = uri
        self.content = content
    }
}
