import Foundation
import Primitives
import Sheets
import Testing

struct SchemaReferenceTests {
    @Test(
        arguments: [
            // RFC 3986 §5.4.1 and §5.4.2, without those that have a fragment or an empty reference.
            ("g:h", "g:h"), ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"), ("//g", "http://g"),
            ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"), (";x", "http://a/b/c/;x"),
            ("g;x", "http://a/b/c/g;x"), (".", "http://a/b/c/"), ("./", "http://a/b/c/"),
            ("..", "http://a/b/"), ("../", "http://a/b/"), ("../g", "http://a/b/g"),
            ("../..", "http://a/"), ("../../", "http://a/"), ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"), ("/./g", "http://a/g"), ("/../g", "http://a/g"),
            ("g.", "http://a/b/c/g."), ("..g", "http://a/b/c/..g"), ("./g/.", "http://a/b/c/g/"),
            ("g/./h", "http://a/b/c/g/h"), ("g/../h", "http://a/b/c/h"),
            ("g;x=1/../y", "http://a/b/c/y"), ("g?y/./x", "http://a/b/c/g?y/./x"),
        ]
    )
    func `identifiers are resolved as RFC 3986 says`(reference: String, uri: String) throws {
        let schema: JSON = [
            "$id": "http://a/b/c/d;p?q", "$defs": ["x": ["$id": .string(reference)]],
        ]
        let schemas = try SchemaSet([schema], options: .standard, resolve: { _ in nil })
        #expect(schemas.contains(uri))
    }

    @Test(
        arguments: [
            ("urn:test", true), ("urn:test#", true), ("urn:test#/$defs/a", true),
            ("urn:test#/%24defs/a", true), ("urn:test#anchor", true), ("urn:inner", true),
            ("urn:inner#/$defs/b", true), ("urn:test#/$defs/a/$defs/b", true),
            ("urn:test#/$defs", false), ("urn:test#none", false), ("urn:none", false),
            ("urn:inner#anchor", false), ("#", false), ("urn:test#/$defs/a/const/x", false),
        ]
    )
    func `a set knows its schemas by URI, anchor and pointer`(uri: String, isKnown: Bool) throws {
        let schemas = try schemaSet(
            """
            {"$anchor":"anchor","$defs":{"a":{"$id":"urn:inner","const":{"x":true},
             "$defs":{"b":true}}}}
            """
        )
        #expect(schemas.contains(uri) == isKnown)
    }

    @Test func `several documents refer to each other without a resolver`() throws {
        let documents = [
            try json(#"{"$id":"https://x.test/a","properties":{"b":{"$ref":"b#/$defs/n"}}}"#),
            try json(
                #"{"$id":"https://x.test/b","$defs":{"n":{"type":"null"}},"items":{"$ref":"a"}}"#
            ),
        ]
        let schemas = try SchemaSet(
            documents,
            options: .product(annotations: []),
            resolve: { _ in nil }
        )
        let instance = try json(#"[{"b":1}]"#)
        let outcome = schemas.validate(instance, against: "https://x.test/b")
        #expect(outcome.problems.map(\.schema) == ["https://x.test/b#/$defs/n/type"])
        #expect(outcome.problems.map(\.instance) == [JSONPointer(tokens: ["0", "b"])])
    }

    @Test func `the carried meta-schemas are complete and describe themselves`() throws {
        let folder = try #require(MetaSchemas.file(of: MetaSchemas.uri)).deletingLastPathComponent()
        let files = try FileManager.default.contentsOfDirectory(
            at: folder,
            includingPropertiesForKeys: nil
        )
        let documents = try files.filter { $0.pathExtension == "json" }.map {
            try SchemaSuite.read($0)
        }
        #expect(documents.count == 8)
        let schemas = try SchemaSet(
            documents,
            options: .product(annotations: []),
            resolve: { _ in nil }
        )
        for document in documents {
            #expect(schemas.validate(document, against: MetaSchemas.uri).problems.isEmpty)
        }
        let bad = try json(#"{"type":"text","items":{"minimum":"1"}}"#)
        let problems = schemas.validate(bad, against: MetaSchemas.uri).problems
        #expect(problems.map(\.instance.description).sorted() == ["/items/minimum", "/type"])
    }
}
