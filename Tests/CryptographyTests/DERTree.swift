import Cryptography
import Testing

/// A value taken apart for changing it: the tests' own reader, which knows tags and lengths and no
/// profile.
indirect enum DERTree {
    case primitive(UInt8, [UInt8])
    case constructed(UInt8, [DERTree])

    /// Of bytes known to be good DER.
    init(_ bytes: [UInt8]) {
        self = DERTree.values(bytes[...])[0]
    }

    init(_ value: DERValue) { self.init(value.encoded) }

    var encoded: [UInt8] {
        let contents =
            switch self {
            case .primitive(_, let octets): octets
            case .constructed(_, let values): values.flatMap(\.encoded)
            }
        return [tag] + DERTree.length(contents.count) + contents
    }

    /// The value at a path of positions below this one.
    subscript(path: [Int]) -> DERTree {
        get {
            guard let first = path.first else { return self }
            return children[first][Array(path.dropFirst())]
        }
        set {
            guard let first = path.first else {
                self = newValue
                return
            }
            var values = children
            values[first][Array(path.dropFirst())] = newValue
            children = values
        }
    }

    var children: [DERTree] {
        get {
            if case .constructed(_, let values) = self { values } else { [] }
        }
        set { self = .constructed(tag, newValue) }
    }

    var octets: [UInt8] {
        get {
            if case .primitive(_, let octets) = self { octets } else { [] }
        }
        set { self = .primitive(tag, newValue) }
    }

    var tag: UInt8 {
        get {
            switch self {
            case .primitive(let tag, _), .constructed(let tag, _): tag
            }
        }
        set {
            switch self {
            case .primitive(_, let octets): self = .primitive(newValue, octets)
            case .constructed(_, let values): self = .constructed(newValue, values)
            }
        }
    }

    /// Puts the children of a SET OF in DER order again.
    mutating func sortChildren() {
        children.sort { $0.encoded.lexicographicallyPrecedes($1.encoded) }
    }

    private static func length(_ count: Int) -> [UInt8] {
        switch count {
        case ..<0x80: [UInt8(count)]
        case ..<0x100: [0x81, UInt8(count)]
        case ..<0x10000: [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
        default: [0x83, UInt8(count >> 16), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
        }
    }

    private static func values(_ bytes: ArraySlice<UInt8>) -> [DERTree] {
        var values: [DERTree] = []
        var rest = bytes
        while let tag = rest.popFirst(), let first = rest.popFirst() {
            var count = Int(first)
            if first >= 0x80 {
                let octets = Int(first & 0x7F)
                count = rest.prefix(octets).reduce(0) { $0 << 8 | Int($1) }
                rest = rest.dropFirst(octets)
            }
            let contents = rest.prefix(count)
            rest = rest.dropFirst(count)
            values.append(
                tag & 0x20 == 0
                    ? .primitive(tag, Array(contents)) : .constructed(tag, DERTree.values(contents))
            )
        }
        return values
    }
}

/// One change of form, by name.
struct FormChange: Sendable, CustomTestStringConvertible {
    let name: String
    let apply: @Sendable (inout DERTree) -> Void

    init(_ name: String, _ apply: @escaping @Sendable (inout DERTree) -> Void) {
        self.name = name
        self.apply = apply
    }

    var testDescription: String { name }

    func changed(_ der: [UInt8]) -> [UInt8] {
        var tree = DERTree(der)
        apply(&tree)
        return tree.encoded
    }
}

/// The form changes that fit any value: what BER would allow and DER does not.
extension FormChange {
    static let null = DERTree.primitive(0x05, [])

    /// Sets other octets at `path`.
    static func octets(_ name: String, _ path: [Int], _ octets: [UInt8]) -> FormChange {
        FormChange(name) { tree in tree[path].octets = octets }
    }

    static func remove(_ name: String, _ path: [Int]) -> FormChange {
        FormChange(name) { tree in
            var parent = tree[Array(path.dropLast())]
            parent.children.remove(at: path[path.count - 1])
            tree[Array(path.dropLast())] = parent
        }
    }

    static func append(_ name: String, _ path: [Int], _ value: DERTree) -> FormChange {
        FormChange(name) { tree in tree[path].children.append(value) }
    }

    static func insert(_ name: String, _ path: [Int], _ value: DERTree) -> FormChange {
        FormChange(name) { tree in
            var parent = tree[Array(path.dropLast())]
            parent.children.insert(value, at: path[path.count - 1])
            tree[Array(path.dropLast())] = parent
        }
    }

    static func replace(_ name: String, _ path: [Int], _ value: DERTree) -> FormChange {
        FormChange(name) { tree in tree[path] = value }
    }

    static func tag(_ name: String, _ path: [Int], _ tag: UInt8) -> FormChange {
        FormChange(name) { tree in tree[path].tag = tag }
    }

    static func double(_ name: String, _ path: [Int]) -> FormChange {
        FormChange(name) { tree in
            var parent = tree[Array(path.dropLast())]
            parent.children.insert(tree[path], at: path[path.count - 1])
            tree[Array(path.dropLast())] = parent
        }
    }

    static func swap(_ name: String, _ path: [Int], _ first: Int, _ second: Int) -> FormChange {
        FormChange(name) { tree in tree[path].children.swapAt(first, second) }
    }
}
