import Primitives
import Sheets
import TestKit
import Testing

/// An example with a few values changed, and everything that must then be found.
struct RuleCase: CustomTestStringConvertible, Sendable {
    let name: String
    let example: String
    let edits: [(pointer: String, value: JSON?)]
    let problems: Set<String>
    let warnings: Set<String>

    /// - Parameters:
    ///   - name: The rule, or what the case shows.
    ///   - example: File name without `.json`, of a sheet that is valid as it is.
    ///   - edits: New values by pointer; nil removes, `/-` at the end appends.
    ///   - problems: `pointer rule`, all of them.
    ///   - warnings: All of them, as in a test exchange.
    init(
        _ name: String,
        _ example: String,
        _ edits: KeyValuePairs<String, JSON?>,
        _ problems: Set<String> = [],
        warnings: Set<String> = []
    ) {
        self.name = name
        self.example = example + ".json"
        self.edits = edits.map { ($0.key, $0.value) }
        self.problems = problems
        self.warnings = warnings
    }

    var testDescription: String { "\(name) in \(example): \(edits.map(\.pointer))" }

    func check() throws {
        let example = try SheetExamples.example(example)
        var json = example.json
        for edit in edits {
            let pointer = try #require(JSONPointer(edit.pointer))
            json = json.editing(pointer.tokens[...], edit.value)
        }
        let report = try SheetExamples.catalogue.get().report(
            DraftSheet(bytes: json.canonicalBytes),
            example.context(isTestExchange: true)
        )
        #expect(Set(report.problems.map { "\($0.pointer) \($0.rule)" }) == problems)
        #expect(Set(report.warnings.map(\.rule)) == warnings)
        #expect(report.problems.count == problems.count)
        #expect(
            report.problems.allSatisfy {
                !$0.message.isEmpty && !$0.message.contains("{") && !$0.message.contains("「」")
            }
        )
        #expect(
            report.warnings.allSatisfy {
                !$0.message.isEmpty && !$0.message.contains("{") && !$0.message.contains("「」")
            }
        )
    }
}

extension JSON {
    /// This value with another one at a place; nil takes the place away.
    func editing(_ tokens: ArraySlice<String>, _ value: JSON?) -> JSON {
        guard let token = tokens.first else { return value ?? .null }
        let rest = tokens.dropFirst()
        switch self {
        case .array(var elements):
            if token == "-" {
                elements.append(value ?? .null)
            } else if let index = Int(token) {
                if rest.isEmpty, value == nil {
                    elements.remove(at: index)
                } else {
                    elements[index] = elements[index].editing(rest, value)
                }
            }
            return .array(elements)
        case .object(var object):
            let member = object[token] ?? .object(JSONObject())
            object[token] = rest.isEmpty ? value : member.editing(rest, value)
            return .object(object)
        default:
            return JSON.object(JSONObject()).editing(tokens, value)
        }
    }
}
