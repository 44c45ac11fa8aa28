import Primitives

/// Where a rule looks.
///
/// `name/*/name` starts at the object the rule stands at, `/name` at the sheet, `@answered/name` at
/// the sheet that is answered; `@today` and `@testExchange` come from the context. `*` is each
/// element. The empty path is the rule's own object.
struct RulePath: Sendable {
    enum Root: Sendable { case scope, sheet, answered, today, testExchange }
    enum Step: Sendable { case member(String), each }

    let root: Root
    let steps: [Step]

    init(root: Root, steps: [Step]) {
        self.root = root
        self.steps = steps
    }

    /// - Returns: nil for an empty step or an unknown `@` name.
    init?(_ text: String) {
        var parts = text.split(separator: "/", omittingEmptySubsequences: false)
        switch parts.first.map(String.init) ?? "" {
        case "" where text.isEmpty: (root, parts) = (.scope, [])
        case "": (root, parts) = (.sheet, Array(parts.dropFirst()))
        case "@answered": (root, parts) = (.answered, Array(parts.dropFirst()))
        case "@today": (root, parts) = (.today, Array(parts.dropFirst()))
        case "@testExchange": (root, parts) = (.testExchange, Array(parts.dropFirst()))
        default:
            guard !text.hasPrefix("@") else { return nil }
            root = .scope
        }
        guard !parts.contains("") else { return nil }
        steps = parts.map { $0 == "*" ? .each : .member(String($0)) }
    }

    /// The one place the path names, as seen from `scope`; nil with `*` or outside the sheet.
    func pointer(from scope: JSONPointer) -> JSONPointer? {
        guard root == .scope || root == .sheet else { return nil }
        var pointer = root == .scope ? scope : JSONPointer()
        for step in steps {
            guard case .member(let name) = step else { return nil }
            pointer = pointer.appending(name)
        }
        return pointer
    }
}
