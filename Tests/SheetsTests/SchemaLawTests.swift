import Primitives
import Sheets
import Testing

/// Laws that hold for every schema and every instance, tried on many that are made up.
struct SchemaLawTests {
    /// SplitMix64: the same seed makes the same schemas on every run.
    private struct Maker {
        var state: UInt64

        mutating func below(_ bound: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
            return Int((word ^ word >> 31) % UInt64(bound))
        }

        mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

        mutating func instance(_ depth: Int = 0) -> JSON {
            switch below(depth < 3 ? 6 : 3) {
            case 0: return pick([.null, true, false])
            case 1: return pick([0, 1, 2, .number(JSONNumber(text: "1.0"))])
            case 2: return pick(["", "a", "ab", "髙", "\u{FA19}", "神"])
            case 3: return .array((0..<below(4)).map { _ in instance(depth + 1) })
            default:
                var object = JSONObject()
                for _ in 0..<below(4) { object[pick(["a", "b", "神"])] = instance(depth + 1) }
                return .object(object)
            }
        }

        mutating func schema(_ depth: Int = 0) -> JSON {
            if below(8) == 0 { return pick([true, false]) }
            var object = JSONObject()
            for _ in 0...below(3) {
                let (name, value) = depth < 3 ? applicator(depth + 1) : assertion()
                object[name] = value
            }
            return .object(object)
        }

        private mutating func assertion() -> (String, JSON) {
            switch below(6) {
            case 0: ("type", pick(["object", "array", "integer", "string", "null"]))
            case 1: ("const", instance(2))
            case 2: ("maxLength", pick([0, 1]))
            case 3: ("required", pick([["a"], ["b", "神"]]))
            case 4: ("minItems", pick([1, 2]))
            default: ("maximum", pick([0, 1]))
            }
        }

        private mutating func applicator(_ depth: Int) -> (String, JSON) {
            switch below(10) {
            case 0:
                let properties: JSON = ["a": schema(depth), "神": schema(depth)]
                return ("properties", properties)
            case 1: return ("items", schema(depth))
            case 2: return ("contains", schema(depth))
            case 3: return (pick(["allOf", "anyOf", "oneOf"]), [schema(depth), schema(depth)])
            case 4: return ("not", schema(depth))
            case 5: return ("additionalProperties", schema(depth))
            case 6: return (pick(["unevaluatedProperties", "unevaluatedItems"]), false)
            case 7: return ("dependentSchemas", ["a": schema(depth)])
            default: return assertion()
            }
        }
    }

    /// Schemas that hold exactly where `schema` holds.
    private func equals(of schema: JSON) -> [JSON] {
        [
            schema, ["allOf": [schema]], ["anyOf": [schema, false]], ["oneOf": [false, schema]],
            ["not": ["not": schema]], ["if": schema, "else": false],
            ["$ref": "#/$defs/s", "$defs": ["s": schema]],
            ["$dynamicRef": "#s", "$defs": ["s": ["$dynamicAnchor": "s", "allOf": [schema]]]],
        ]
    }

    @Test(arguments: 0..<12)
    func `equal schemas agree, and a verdict is valid exactly without problems`(
        seed: UInt64
    ) throws {
        var maker = Maker(state: seed)
        for _ in 0..<25 {
            let schema = maker.schema()
            let documents = equals(of: schema).enumerated().map { position, content in
                SchemaDocument(uri: "urn:law:\(position)", content: content)
            }
            let schemas = try SchemaSet(documents, options: .standard, resolve: { _ in nil })
            for _ in 0..<6 {
                let instance = maker.instance()
                let outcomes = documents.map { schemas.validate(instance, against: $0.uri) }
                let isValid = outcomes[0].isValid
                let name = "\(schema.canonicalText) on \(instance.canonicalText)"
                #expect(outcomes.allSatisfy { $0.isValid == isValid }, "\(name)")
                #expect(outcomes.allSatisfy { $0.problems.isEmpty == isValid }, "\(name)")
                #expect(outcomes[0].problems.allSatisfy { instance[pointer: $0.instance] != nil })
            }
        }
    }

    @Test func `one set serves many tasks at once`() async throws {
        let schemas = try schemaSet(
            #"{"items":{"pattern":"^[ァ-ヺー]{1,8}$"},"uniqueItems":true}"#
        )
        let instance = try json(#"["タカサキ","キチノスケ","ぎ"]"#)
        let counts = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<64 {
                group.addTask { schemas.validate(instance, against: "urn:test").problems.count }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == Array(repeating: 1, count: 64))
    }
}
