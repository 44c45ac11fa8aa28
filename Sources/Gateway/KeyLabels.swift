package import Cryptography
import Directory
import Primitives

/// Under which names an organisation's keys lie in its key store: use and number. The newest of a
/// use has the highest number; which one is in use, the directory says.
enum KeyLabels {
    static let log = "log-1"
    static func storage(_ number: Int) -> String { "storage-\(number)" }

    static func label(_ usage: MemberKeyUsage, _ number: Int) -> String {
        "\(usage.rawValue)-\(number)"
    }

    /// - Returns: nil for a key of another use.
    static func number(of handle: KeyHandle, _ usage: MemberKeyUsage) -> Int? {
        guard handle.use == usage.use else { return nil }
        return Int(handle.label.text.dropFirst(usage.rawValue.utf8.count + 1))
    }
}

extension MemberKeyUsage {
    var use: KeyUse {
        switch self {
        case .signing: .signing
        case .encryption: .encryption
        case .transport: .transport
        }
    }
}

extension KeyStore {
    /// Those under which the data keys lie, or lay, by their numbers: the last one is in use.
    var storageKeys: [(number: Int, handle: KeyHandle)] {
        handles().filter { $0.use == .storage }.compactMap { handle in
            handle.label.text.split(separator: "-").last.flatMap { Int($0) }.map { ($0, handle) }
        }.sorted { $0.number < $1.number }
    }

    package var storageKeyInUse: KeyHandle? { storageKeys.last?.handle }

    /// The keys of one use, by their numbers.
    func numbered(_ usage: MemberKeyUsage) -> [(number: Int, handle: KeyHandle)] {
        handles().compactMap { handle in
            KeyLabels.number(of: handle, usage).map { ($0, handle) }
        }.sorted { $0.number < $1.number }
    }
}
