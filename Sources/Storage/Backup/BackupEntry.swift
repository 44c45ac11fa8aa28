import Cryptography
import Primitives

/// A file inside a backup. Before its bytes stand the length of its path in 2 octets, the path,
/// and the count of its bytes in 8 octets; both numbers begin with the highest octet.
package struct BackupEntry: Hashable, Sendable {
    package let path: String
    package let byteCount: Int

    /// - Returns: nil for a path that no backup of this part has.
    package init?(
        _ path: String,
        byteCount: Int,
        in part: BackupManifest.Part,
        of kind: DataFolder.Kind
    ) {
        guard byteCount >= 0, Self.isPlaced(path, in: part, of: kind) else { return nil }
        self.path = path
        self.byteCount = byteCount
    }

    package static func database(
        _ part: BackupManifest.Part,
        of kind: DataFolder.Kind
    ) -> String {
        switch (part, kind) {
        case (.keys, _): "secrets.db"
        case (.store, .exchange): "exchange.db"
        case (.store, .gateway): "store.db"
        }
    }

    package var head: [UInt8] {
        let name = path.bytes
        return Self.octets(name.count, 2) + name + Self.octets(byteCount, 8)
    }

    /// Longer than any path that is placed.
    package static let pathBytes = 128

    /// The small files that stand beside a database.
    package static func besides(_ kind: DataFolder.Kind) -> [String] {
        kind == .exchange ? ["ca/root.pem"] : ["exchange.json", "root.pem"]
    }

    /// Signing keys of an office stay where they are: whoever lost them joins anew, and a copy of
    /// them could sign in its name. An exchange cannot join anywhere; its root key is kept apart
    /// from it by those who founded it.
    package static func isKept(_ keyFile: String, of kind: DataFolder.Kind) -> Bool {
        if keyFile.hasSameBytes(as: "unlock.der") { return true }
        let ending = [".key", ".token"].first { keyFile.hasSuffix($0) }
        guard let ending, let label = KeyLabel(String(keyFile.dropLast(ending.utf8.count))) else {
            return false
        }
        return switch kind {
        case .exchange: !label.text.hasSameBytes(as: "root")
        case .gateway: label.text.hasPrefix("storage-") || label.text.hasPrefix("encryption-")
        }
    }

    private static func isPlaced(
        _ path: String,
        in part: BackupManifest.Part,
        of kind: DataFolder.Kind
    ) -> Bool {
        if path.hasSameBytes(as: database(part, of: kind)) { return true }
        let words = path.split(separator: "/", omittingEmptySubsequences: false)
        switch part {
        case .store:
            if besides(kind).contains(where: { $0.hasSameBytes(as: path) }) { return true }
            return words.count == 2 && words[0] == "segments"
                && Digest(hex: String(words[1])) != nil
        case .keys:
            return words.count == 2 && words[0] == "keys" && isKept(String(words[1]), of: kind)
        }
    }

    static func octets(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * (count - 1 - $0))) }
    }

    static func number(_ octets: some Collection<UInt8>) -> Int {
        octets.reduce(0) { $0 << 8 | Int($1) }
    }
}
