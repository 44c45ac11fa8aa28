import Primitives
import Sheets
import Testing

struct SchemaRefusalTests {
    private func refusal(_ schema: String, _ options: SchemaOptions) throws -> SchemaRefusal? {
        do throws(SchemaRefusal) {
            _ = try SchemaSet(
                [SchemaDocument(uri: "urn:test", content: try wrapped(schema))],
                options: options,
                resolve: { _ in nil }
            )
            return nil
        } catch {
            return error
        }
    }

    private func wrapped(_ text: String) throws(SchemaRefusal) -> JSON {
        do { return try json(text) } catch { throw SchemaRefusal(.notASchema, at: "test") }
    }

    @Test(
        arguments: [
            ("1", SchemaRefusal.Reason.notASchema, ""), ("null", .notASchema, ""),
            (#"{"items":[true]}"#, .notASchema, "/items"),
            (#"{"then":7}"#, .notASchema, "/then"),
            (#"{"properties":{"a":"b"}}"#, .notASchema, "/properties/a"),
            (#"{"properties":[]}"#, .badKeyword, "/properties"),
            (#"{"$defs":[]}"#, .badKeyword, "/$defs"),
            (#"{"allOf":{}}"#, .badKeyword, "/allOf"), (#"{"allOf":[]}"#, .badKeyword, "/allOf"),
            (#"{"type":"text"}"#, .badKeyword, "/type"), (#"{"type":[]}"#, .badKeyword, "/type"),
            (#"{"type":["null","null"]}"#, .badKeyword, "/type"),
            (#"{"type":["null",1]}"#, .badKeyword, "/type"),
            (#"{"enum":1}"#, .badKeyword, "/enum"),
            (#"{"multipleOf":0}"#, .badKeyword, "/multipleOf"),
            (#"{"multipleOf":-1}"#, .badKeyword, "/multipleOf"),
            (#"{"multipleOf":1234567890123456789}"#, .badKeyword, "/multipleOf"),
            (#"{"maximum":"1"}"#, .badKeyword, "/maximum"),
            (#"{"maxLength":-1}"#, .badKeyword, "/maxLength"),
            (#"{"maxLength":1.5}"#, .badKeyword, "/maxLength"),
            (#"{"contains":true,"minContains":"1"}"#, .badKeyword, "/contains"),
            (#"{"uniqueItems":1}"#, .badKeyword, "/uniqueItems"),
            (#"{"required":"a"}"#, .badKeyword, "/required"),
            (#"{"required":["a","a"]}"#, .badKeyword, "/required"),
            (#"{"dependentRequired":{"a":"b"}}"#, .badKeyword, "/dependentRequired"),
            (#"{"dependentRequired":1}"#, .badKeyword, "/dependentRequired"),
            (#"{"pattern":1}"#, .badKeyword, "/pattern"),
            (#"{"$ref":1}"#, .badKeyword, "/$ref"), (#"{"$id":1}"#, .badKeyword, "/$id"),
            (#"{"$comment":1}"#, .badKeyword, "/$comment"),
            (#"{"$anchor":"1a"}"#, .badKeyword, "/$anchor"),
            (#"{"$anchor":"a b"}"#, .badKeyword, "/$anchor"),
            (#"{"$dynamicAnchor":""}"#, .badKeyword, "/$dynamicAnchor"),
            (#"{"$id":"urn:a#b"}"#, .badIdentifier, ""),
            (#"{"$defs":{"a":{"$id":"urn:test"}}}"#, .duplicateIdentifier, "/$defs/a"),
            (
                #"{"$anchor":"a","$defs":{"a":{"$anchor":"a"}}}"#, .duplicateIdentifier, "/$defs/a"
            ),
            (#"{"$ref":"urn:other"}"#, .unknownReference, ""),
            (##"{"$ref":"#/$defs/a"}"##, .unknownReference, "/$ref"),
            (##"{"$ref":"#a"}"##, .unknownReference, "/$ref"),
            (##"{"$ref":"#%zz"}"##, .unknownReference, "/$ref"),
            (##"{"$ref":"#/~2"}"##, .unknownReference, "/$ref"),
            (##"{"enum":[{}],"$ref":"#/enum/0"}"##, .unknownReference, "/$ref"),
            (##"{"$ref":"#"}"##, .referenceLoop, ""),
            (
                ##"{"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"not":{"$ref":"#"}}}}"##,
                .referenceLoop, ""
            ),
            (##"{"$dynamicAnchor":"a","$dynamicRef":"#a"}"##, .referenceLoop, ""),
            (#"{"$schema":"urn:meta"}"#, .unknownVocabulary, ""),
            (#"{"pattern":"("}"#, .badPattern, "/pattern"),
        ]
    )
    func `a schema that cannot be meant is refused with its place`(
        schema: String,
        reason: SchemaRefusal.Reason,
        pointer: String
    ) throws {
        let refusal = try refusal(schema, .standard)
        #expect(refusal?.reason == reason)
        let place = refusal?.place ?? ""
        #expect(place.drop { $0 != "#" }.dropFirst() == pointer)
    }

    @Test func `an unknown keyword is refused unless it is allowed`() throws {
        let schema = #"{"properties":{"a":{"label":"氏名"}}}"#
        #expect(try refusal(schema, .standard) == nil)
        #expect(try refusal(schema, .product(annotations: ["label"])) == nil)
        let expected = SchemaRefusal(.unknownKeyword, at: "urn:test#/properties/a/label")
        #expect(try refusal(schema, .product(annotations: ["labels"])) == expected)
    }

    @Test func `a schema may be recursive as long as it moves on in the instance`() throws {
        let schema = ##"{"properties":{"child":{"$ref":"#"}},"required":["n"]}"##
        #expect(try outcome(schema, #"{"n":1,"child":{"n":2,"child":{"n":3}}}"#).isValid)
        #expect(try outcome(schema, #"{"n":1,"child":{"n":2,"child":{}}}"#).isValid == false)
    }

    @Test func `documents need a name`() throws {
        #expect(throws: SchemaRefusal(.badIdentifier, at: "document 1")) {
            let documents = [try json(#"{"$id":"urn:a"}"#), try json("{}")]
            _ = try SchemaSet(documents, options: .standard, resolve: { _ in nil })
        }
        #expect(throws: SchemaRefusal(.badIdentifier, at: "relative")) {
            let documents = [try json(#"{"$id":"relative"}"#)]
            _ = try SchemaSet(documents, options: .standard, resolve: { _ in nil })
        }
    }

    @Test func `a required vocabulary that is not known is refused, an optional one is not`() throws
    {
        for (isRequired, isRefused) in [("true", true), ("false", false)] {
            let meta = try json(#"{"$vocabulary":{"urn:own":\#(isRequired)}}"#)
            let schema = SchemaDocument(uri: "urn:a", content: ["$schema": "urn:meta"])
            let refusal = SchemaRefusal(.unknownVocabulary, at: "urn:a#")
            if isRefused {
                #expect(throws: refusal) {
                    _ = try SchemaSet([schema], options: .standard, resolve: { _ in meta })
                }
            } else {
                _ = try SchemaSet([schema], options: .standard, resolve: { _ in meta })
            }
        }
    }

    @Test func `a refusal explains itself`() {
        let refusal = SchemaRefusal(.unknownKeyword, at: "urn:a#/x")
        #expect(refusal.code == "schemaRefused")
        #expect(refusal.summary.contains("urn:a#/x") && !refusal.advice.isEmpty)
        #expect(!refusal.isTemporary)
    }
}
