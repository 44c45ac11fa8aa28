import Primitives

/// Header fields in the order they came; names compare in lower case ASCII.
package struct Fields: Sendable {
    private var lines: [(name: String, value: String)] = []

    package init() {}

    package init(_ lines: [(String, String)]) {
        for (name, value) in lines { append(name, value) }
    }

    package mutating func append(_ name: String, _ value: String) {
        lines.append((name.lowercased(), value))
    }

    package var count: Int { lines.count }

    /// The value of the only field of that name, nil where there is none.
    ///
    /// - Throws: `malformed` if the field is repeated.
    package func single(_ name: String) throws(HTTPFailure) -> String? {
        let found = values(name)
        guard found.count <= 1 else { throw .malformed }
        return found.first
    }

    /// The value of the first field of that name.
    package subscript(name: String) -> String? { values(name).first }

    /// The values of all fields of that name, which may be given in any case.
    package func values(_ name: String) -> [String] {
        let wanted = name.lowercased()
        return lines.filter { $0.name.hasSameBytes(as: wanted) }.map(\.value)
    }

    package func hasName(prefix: String) -> Bool {
        lines.contains { $0.name.utf8.starts(with: prefix.utf8) }
    }
}
