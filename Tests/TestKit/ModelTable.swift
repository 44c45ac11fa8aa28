/// Rows by their keys, as a value: a copy shares everything, and a change copies a handful of
/// references. That makes "the whole of it or nothing" cheap for a store in memory.
struct ModelTable<Key: Hashable & Sendable, Row: Sendable>: Sendable {
    fileprivate final class Entry: Sendable {
        let key: Key
        let row: Row

        init(_ key: Key, _ row: Row) {
            self.key = key
            self.row = row
        }
    }

    /// A tree by the digits of the keys' hashes.
    fileprivate enum Node: Sendable {
        case entries([Entry])
        case nodes([Node])
    }

    fileprivate static var bits: Int { 4 }
    fileprivate static var mostEntries: Int { 8 }
    fileprivate static var deepest: Int { 15 }

    private var root = Node.entries([])
    private(set) var count = 0

    init() {}

    var isEmpty: Bool { count == 0 }
    var keys: [Key] {
        var keys: [Key] = []
        keys.reserveCapacity(count)
        root.visit { keys.append($0.key) }
        return keys
    }
    var values: [Row] { filter { _ in true } }

    /// Rows are large, so that those that are not wanted are looked at where they are.
    func filter(_ isWanted: (Row) -> Bool) -> [Row] {
        var rows: [Row] = []
        root.visit { entry in if isWanted(entry.row) { rows.append(entry.row) } }
        return rows
    }

    func forEach(_ body: (Key, Row) -> Void) { root.visit { body($0.key, $0.row) } }

    /// The same keys with other rows.
    func mapped(_ change: (Row) -> Row) -> ModelTable {
        var table = self
        forEach { key, row in table[key] = change(row) }
        return table
    }

    func contains(where isWanted: (Row) -> Bool) -> Bool { count(where: isWanted) > 0 }

    func count(where isWanted: (Row) -> Bool) -> Int {
        var count = 0
        root.visit { entry in if isWanted(entry.row) { count += 1 } }
        return count
    }

    subscript(key: Key) -> Row? {
        get {
            root.row(of: key, UInt(bitPattern: key.hashValue))
        }
        set {
            let hash = UInt(bitPattern: key.hashValue)
            if let newValue {
                if root.set(Entry(key, newValue), hash, 0) { count += 1 }
            } else if root.remove(key, hash) {
                count -= 1
            }
        }
    }

    subscript(key: Key, default empty: @autoclosure () -> Row) -> Row {
        get { self[key] ?? empty() }
        set { self[key] = newValue }
    }
}

extension ModelTable.Node {
    fileprivate static func place(_ hash: UInt) -> Int {
        Int(hash & (1 << UInt(ModelTable.bits) - 1))
    }

    fileprivate func visit(_ body: (ModelTable.Entry) -> Void) {
        switch self {
        case .entries(let entries): for entry in entries { body(entry) }
        case .nodes(let nodes): for node in nodes { node.visit(body) }
        }
    }

    fileprivate func row(of key: Key, _ hash: UInt) -> Row? {
        switch self {
        case .entries(let entries):
            for place in entries.indices where entries[place].key == key {
                return entries[place].row
            }
            return nil
        case .nodes(let nodes):
            return nodes[Self.place(hash)].row(of: key, hash >> UInt(ModelTable.bits))
        }
    }

    /// - Returns: whether the key is new.
    fileprivate mutating func set(
        _ entry: ModelTable.Entry,
        _ hash: UInt,
        _ depth: Int
    ) -> Bool {
        switch self {
        case .entries(var entries):
            self = .entries([])
            if let place = entries.firstIndex(where: { $0.key == entry.key }) {
                entries[place] = entry
                self = .entries(entries)
                return false
            }
            entries.append(entry)
            let isFull = entries.count > ModelTable.mostEntries && depth < ModelTable.deepest
            self = isFull ? Self.split(entries, depth) : .entries(entries)
            return true
        case .nodes(var nodes):
            self = .entries([])
            defer { self = .nodes(nodes) }
            return nodes[Self.place(hash)].set(entry, hash >> UInt(ModelTable.bits), depth + 1)
        }
    }

    private static func split(_ entries: [ModelTable.Entry], _ depth: Int) -> Self {
        var nodes = [Self](repeating: .entries([]), count: 1 << ModelTable.bits)
        for entry in entries {
            let hash = UInt(bitPattern: entry.key.hashValue) >> UInt(ModelTable.bits * depth)
            _ = nodes[place(hash)].set(entry, hash >> UInt(ModelTable.bits), depth + 1)
        }
        return .nodes(nodes)
    }

    /// - Returns: whether the key was there.
    fileprivate mutating func remove(_ key: Key, _ hash: UInt) -> Bool {
        switch self {
        case .entries(var entries):
            guard let place = entries.firstIndex(where: { $0.key == key }) else { return false }
            self = .entries([])
            entries.remove(at: place)
            self = .entries(entries)
            return true
        case .nodes(var nodes):
            self = .entries([])
            defer { self = .nodes(nodes) }
            return nodes[Self.place(hash)].remove(key, hash >> UInt(ModelTable.bits))
        }
    }
}

/// Keys without rows.
typealias ModelSet<Key: Hashable & Sendable> = ModelTable<Key, Void>

extension ModelTable where Row == Void {
    func contains(_ key: Key) -> Bool { self[key] != nil }
    mutating func insert(_ key: Key) { self[key] = () }
    mutating func remove(_ key: Key) { self[key] = nil }
}

/// Rows in the order in which they came, as a value that is cheap to copy and to continue.
struct ModelList<Row: Sendable>: Sendable, RandomAccessCollection {
    fileprivate final class Entry: Sendable {
        let row: Row

        init(_ row: Row) { self.row = row }
    }

    private static var page: Int { 64 }
    private var pages: [[Entry]] = []
    private var last: [Entry] = []

    init() {}

    init(_ rows: some Sequence<Row>) {
        for row in rows { append(row) }
    }

    var startIndex: Int { 0 }
    var endIndex: Int { pages.count * Self.page + last.count }

    subscript(place: Int) -> Row {
        let page = place / Self.page
        return (page < pages.count ? pages[page][place % Self.page] : last[place % Self.page]).row
    }

    mutating func append(_ row: Row) {
        last.append(Entry(row))
        guard last.count == Self.page else { return }
        pages.append(last)
        last = []
    }
}
