import Primitives

/// A DER message taken apart, to be put together wrongly.
struct DERTree {
    var tag: UInt8
    /// Of a primitive value.
    var octets: [UInt8] = []
    /// Of a constructed value.
    var values: [DERTree] = []
    /// Written instead of everything else.
    var raw: [UInt8]?
    /// How the length is written; nil for the fewest octets.
    var length: ((Int) -> [UInt8])?

    var isConstructed: Bool { tag & 0x20 != 0 }

    init(tag: UInt8, octets: [UInt8]) {
        self.tag = tag
        self.octets = octets
    }

    init(raw: [UInt8]) {
        tag = 0
        self.raw = raw
    }

    /// - Parameter bytes: known to be good.
    init(_ bytes: [UInt8]) {
        var position = 0
        self.init(bytes, &position)
    }

    private init(_ bytes: [UInt8], _ position: inout Int) {
        tag = bytes[position]
        let first = Int(bytes[position + 1])
        let octetCount = first < 0x80 ? 0 : first & 0x7F
        let start = position + 2 + octetCount
        let count =
            first < 0x80 ? first : bytes[position + 2..<start].reduce(0) { $0 << 8 | Int($1) }
        position = start
        guard isConstructed else {
            octets = Array(bytes[start..<start + count])
            position += count
            return
        }
        while position < start + count { values.append(DERTree(bytes, &position)) }
    }

    /// The value at the end of a path of indices.
    subscript(path: Int...) -> DERTree {
        get { path.reduce(self) { $0.values[$1] } }
        set { set(newValue, path[...]) }
    }

    private mutating func set(_ value: DERTree, _ path: ArraySlice<Int>) {
        guard let index = path.first else {
            self = value
            return
        }
        values[index].set(value, path.dropFirst())
    }

    var encoded: [UInt8] {
        if let raw { return raw }
        let contents = isConstructed ? values.flatMap(\.encoded) : octets
        return [tag] + (length ?? DERTree.shortest)(contents.count) + contents
    }

    static func shortest(_ count: Int) -> [UInt8] {
        guard count >= 0x80 else { return [UInt8(count)] }
        let octets = four(count).drop { $0 == 0 }
        return [0x80 | UInt8(octets.count)] + octets
    }

    /// One octet more than needed.
    static func long(_ count: Int) -> [UInt8] {
        [0x84] + four(count)
    }

    private static func four(_ count: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }
    }
}

extension [UInt8] {
    /// The DER message after one change.
    func rebuilt(_ edit: (inout DERTree) throws -> Void) rethrows -> [UInt8] {
        var tree = DERTree(self)
        try edit(&tree)
        return tree.encoded
    }

    func flipped(at index: Int) -> [UInt8] {
        var bytes = self
        bytes[index < 0 ? count + index : index] ^= 1
        return bytes
    }
}
