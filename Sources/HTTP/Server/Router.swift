package import Primitives

/// Finds the handler of a request by method and path segments.
///
/// Templates are `/x/v1/chunks/{sealed}`; `{path...}` as the last segment takes one or more. Where
/// two templates fit, the one with a literal in the first differing place wins; two equal ones are
/// a broken promise and stop the program at its start.
package struct Router: Handler {
    package typealias Body =
        @Sendable (Request, Captures) async throws(HTTPFailure) -> Response

    private var routes: [Route] = []
    private let refuse: @Sendable (HTTPFailure, String) -> Response

    /// `refuse` words what no route answers; in the problem form unless it is told.
    package init(
        refuse: @escaping @Sendable (HTTPFailure, String) -> Response = { $0.response(trace: $1) }
    ) {
        self.refuse = refuse
    }

    /// What there is, as `GET /x/{y}`.
    package var templates: [String] {
        routes.map { "\($0.method.rawValue) \($0.options.template)" }
    }

    package mutating func on(
        _ method: Method,
        _ template: String,
        _ options: RouteOptions,
        _ body: @escaping Body
    ) {
        var route = Route(
            method: method,
            segments: Segment.template(template),
            options: options,
            body: body
        )
        route.options.template = template
        let shape = route.segments.map(\.shape)
        let isNew = !routes.contains { other in
            other.method == method && other.segments.map(\.shape) == shape
        }
        precondition(isNew, "two routes for \(method.rawValue) \(template)")
        routes.append(route)
        routes.sort { $0.rank.lexicographicallyPrecedes($1.rank) }
    }

    package func plan(
        for head: RequestHead,
        identity: PeerIdentity?
    ) throws(HTTPFailure) -> RouteOptions {
        let options = try route(head.method, head.target.path).route.options
        guard identity != nil || !options.requiresIdentity else { throw .certificateMissing }
        guard options.takes(head.fields["content-type"]) || head.framing.isEmpty else {
            throw .unsupportedType
        }
        return options
    }

    package func respond(to request: Request) async -> Response {
        do throws(HTTPFailure) {
            let (route, captures) = try route(request.method, request.path)
            return try await route.body(request, captures)
        } catch {
            return refuse(error, request.trace)
        }
    }

    package func refusal(of failure: HTTPFailure, trace: String) -> Response {
        refuse(failure, trace)
    }

    private func route(
        _ method: Method,
        _ path: [String]
    ) throws(HTTPFailure) -> (route: Route, captures: Captures) {
        var others: [Method] = []
        for route in routes {
            guard let captures = route.captures(of: path) else { continue }
            if route.method == method { return (route, captures) }
            if !others.contains(route.method) { others.append(route.method) }
        }
        throw others.isEmpty ? .notFound : .methodNotAllowed(others)
    }
}

/// What the captures of a template took from the path.
package struct Captures: Sendable {
    fileprivate var values: [(name: String, text: String)] = []

    /// The text of a capture, which the template must have.
    package func text(_ name: String) -> String {
        guard let value = values.first(where: { $0.name.hasSameBytes(as: name) }) else {
            preconditionFailure("the template has no {\(name)}")
        }
        return value.text
    }

    /// - Throws: `notFound` unless the text has the form of the identifier.
    package func identifier<Form>(
        _ name: String,
        _ form: Form.Type = Form.self
    ) throws(HTTPFailure) -> Identifier<Form> {
        guard let identifier = Identifier<Form>(text(name)) else { throw .notFound }
        return identifier
    }
}

private struct Route: Sendable {
    let method: Method
    let segments: [Segment]
    var options: RouteOptions
    let body: Router.Body

    /// Orders routes so that literals are tried before captures, and those before tails.
    var rank: [Int] { segments.map(\.rank) }

    func captures(of path: [String]) -> Captures? {
        var captures = Captures()
        for (index, segment) in segments.enumerated() {
            guard index < path.count else { return nil }
            switch segment {
            case .literal(let text):
                guard text.hasSameBytes(as: path[index]) else { return nil }
            case .capture(let name): captures.values.append((name, path[index]))
            case .tail(let name):
                captures.values.append((name, path[index...].joined(separator: "/")))
                return captures
            }
        }
        return path.count == segments.count ? captures : nil
    }
}

private enum Segment: Sendable {
    case literal(String)
    case capture(String)
    case tail(String)

    static func template(_ text: String) -> [Segment] {
        precondition(text.utf8.first == UInt8(ascii: "/"), "a template begins with /")
        return text.dropFirst().split(separator: "/").map { part in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .literal(String(part)) }
            let name = part.dropFirst().dropLast()
            return name.hasSuffix("...")
                ? .tail(String(name.dropLast(3))) : .capture(String(name))
        }
    }

    var rank: Int {
        switch self {
        case .literal: 0
        case .capture: 1
        case .tail: 2
        }
    }

    /// Equal for segments that fit the same paths.
    var shape: ByteText {
        switch self {
        case .literal(let text): ByteText("=" + text)
        case .capture: ByteText("{}")
        case .tail: ByteText("{...}")
        }
    }
}

extension RouteOptions {
    fileprivate func takes(_ contentType: String?) -> Bool {
        guard !mediaTypes.isEmpty else { return true }
        let written = (contentType ?? "").lowercased().split(separator: ";").first ?? ""
        let type = String(written.filter { $0 != " " && $0 != "\t" })
        return mediaTypes.contains { $0.hasSameBytes(as: type) }
    }
}
