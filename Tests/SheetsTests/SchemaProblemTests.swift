import Primitives
import Sheets
import Testing

/// Reads a JSON text of a test.
func json(_ text: String) throws -> JSON { try JSON(reading: Array(text.utf8), .general) }

/// A set of one schema under the name `urn:test`.
func schemaSet(
    _ schema: String,
    _ options: SchemaOptions = .standard
) throws -> SchemaSet {
    try SchemaSet(
        [SchemaDocument(uri: "urn:test", content: try json(schema))],
        options: options,
        resolve: { _ in nil }
    )
}

func outcome(_ schema: String, _ instance: String) throws -> SchemaOutcome {
    try schemaSet(schema).validate(try json(instance), against: "urn:test")
}

struct SchemaProblemTests {
    /// Each problem as `pointer keyword` or `pointer keyword member`, sorted.
    private func problems(_ schema: String, _ instance: String) throws -> [String] {
        try outcome(schema, instance).problems.map { problem in
            "\(problem.instance) \(problem.keyword)" + (problem.member.map { " " + $0 } ?? "")
        }.sorted()
    }

    @Test(
        arguments: [
            (#"{"required":["a","b","c"]}"#, #"{"b":1}"#, [" required a", " required c"]),
            (
                #"{"properties":{"a":{}},"additionalProperties":false}"#, #"{"a":1,"x":2,"y":3}"#,
                [" additionalProperties x", " additionalProperties y"]
            ),
            (
                #"{"properties":{"o":{"required":["n"],"unevaluatedProperties":false}}}"#,
                #"{"o":{"x":1}}"#, ["/o required n", "/o unevaluatedProperties x"]
            ),
            (#"{"properties":{"a":false}}"#, #"{"a":1}"#, [" properties a"]),
            (#"{"patternProperties":{"^x":false}}"#, #"{"x1":1,"y":1}"#, [" patternProperties x1"]),
            (
                #"{"dependentRequired":{"a":["b","c"]}}"#, #"{"a":1}"#,
                [" dependentRequired b", " dependentRequired c"]
            ),
            (#"{"propertyNames":{"maxLength":1}}"#, #"{"a":1,"bb":1}"#, [" propertyNames bb"]),
            (
                #"{"items":{"type":"string","maxLength":2}}"#, #"["abc",1,"ab"]"#,
                ["/0 maxLength", "/1 type"]
            ),
            (#"{"prefixItems":[true],"items":false}"#, "[1,2,3]", ["/1 false", "/2 false"]),
            (#"{"prefixItems":[true],"unevaluatedItems":false}"#, "[1,2]", ["/1 false"]),
            (#"{"contains":{"const":1},"minContains":2}"#, "[1,2]", [" minContains"]),
            (#"{"contains":{"const":1},"maxContains":1}"#, "[1,1]", [" maxContains"]),
            (#"{"contains":{"const":1}}"#, "[2]", [" contains"]),
            (
                #"{"properties":{"a/b~":{"type":"null"}}}"#, #"{"a/b~":1}"#, ["/a~1b~0 type"]
            ),
            ("false", "1", [" false"]),
            (
                #"{"minimum":3,"multipleOf":2,"enum":[4]}"#, "1",
                [" enum", " minimum", " multipleOf"]
            ),
        ]
    )
    func `every problem is reported at its place`(
        schema: String,
        instance: String,
        expected: [String]
    ) throws {
        #expect(try problems(schema, instance) == expected)
    }

    @Test(
        arguments: [
            // What must hold speaks for itself.
            (
                ##"{"allOf":[{"required":["a"]},{"required":["b"]}],"$ref":"#/$defs/c","##
                    + #""$defs":{"c":{"required":["c"]}}}"#,
                "{}", [" required a", " required b", " required c"]
            ),
            (
                #"{"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}}"#,
                #"{"a":1}"#, [" required b"]
            ),
            (
                #"{"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}}"#,
                "{}", [" required c"]
            ),
            (#"{"dependentSchemas":{"a":{"required":["b"]}}}"#, #"{"a":1}"#, [" required b"]),
            // Alternatives are one problem.
            (#"{"anyOf":[{"type":"null"},{"minimum":5}]}"#, "1", [" anyOf"]),
            (#"{"oneOf":[{"type":"null"},{"minimum":5}]}"#, "1", [" oneOf"]),
            (#"{"oneOf":[true,true]}"#, "1", [" oneOf"]),
            (#"{"not":{"type":"integer"}}"#, "1", [" not"]),
            (#"{"anyOf":[{"required":["a"]},{"required":["b"]}]}"#, #"{"b":1}"#, []),
        ]
    )
    func `what must hold reports each fault, alternatives one`(
        schema: String,
        instance: String,
        expected: [String]
    ) throws {
        #expect(try problems(schema, instance) == expected)
    }

    @Test(
        arguments: [
            // The failed part has seen `a`: only `x` is unknown.
            (
                #"{"allOf":[{"properties":{"a":{"type":"null"}}}],"unevaluatedProperties":false}"#,
                #"{"a":1,"x":2}"#, [" unevaluatedProperties x", "/a type"]
            ),
            (
                #"{"anyOf":[{"properties":{"a":{"type":"null"}}}],"unevaluatedProperties":false}"#,
                #"{"a":1}"#, [" anyOf"]
            ),
            // A branch that failed beside one that holds has seen nothing.
            (
                #"{"anyOf":[true,{"properties":{"a":{"type":"null"}}}],"#
                    + #""unevaluatedProperties":false}"#,
                #"{"a":1}"#, [" unevaluatedProperties a"]
            ),
            (
                #"{"not":{"not":{"properties":{"a":true}}},"unevaluatedProperties":false}"#,
                #"{"a":1}"#, [" unevaluatedProperties a"]
            ),
        ]
    )
    func `a fault inside does not make its neighbours unknown`(
        schema: String,
        instance: String,
        expected: [String]
    ) throws {
        #expect(try problems(schema, instance) == expected)
    }

    @Test func `a problem names keyword, its place and its value`() throws {
        let schema =
            ##"{"$defs":{"a/b":{"maxLength":3}},"properties":{"n":{"$ref":"#/$defs/a~1b"}}}"##
        let result = try outcome(schema, #"{"n":"abcd"}"#)
        let problem = try #require(result.problems.first)
        #expect(problem.schema == "urn:test#/$defs/a~1b/maxLength")
        #expect(problem.detail?.integer == 3)
        #expect(problem.member == nil)
    }

    @Test func `no description repeats the instance`() throws {
        let schema = #"{"additionalProperties":false,"collected":1}"#
        let result = try schemaSet(
            schema,
            SchemaOptions(unknownKeywords: .annotate, patterns: .any, collected: ["collected"])
        ).validate(try json(#"{"高橋":1}"#), against: "urn:test")
        let texts =
            ["\(result)"] + result.problems.map { "\($0)" } + result.annotations.map { "\($0)" }
        #expect(texts.count == 3)
        #expect(!texts.joined().contains("高橋"))
    }

    @Test func `only the annotations asked for are collected, with their places`() throws {
        let schema = """
            {"title":"t","rules":["P1"],"properties":{"a":{"rules":["P2"],"format":"date"}},
             "anyOf":[{"rules":["lost"],"required":["z"]},{"rules":["kept"]}],
             "not":{"rules":["never"],"required":["z"]},
             "additionalProperties":{"rules":["each"]}}
            """
        let options = SchemaOptions(
            unknownKeywords: .refuse(allowing: ["rules"]),
            patterns: .safe,
            collected: ["rules", "format"]
        )
        let found = try schemaSet(schema, options)
            .validate(try json(#"{"a":1,"b":2}"#), against: "urn:test").annotations
        let lines = found.map { "\($0.instance) \($0.keyword) \($0.value.canonicalText)" }
        let expected = [
            #" rules ["P1"]"#, #" rules ["kept"]"#, #"/a format "date""#, #"/a rules ["P2"]"#,
            #"/b rules ["each"]"#,
        ]
        #expect(lines.sorted() == expected)
        #expect(found.contains { $0.schema == "urn:test#/properties/a/format" })
    }
}
