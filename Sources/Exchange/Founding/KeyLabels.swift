import Cryptography

/// Under which names an exchange's keys lie in its key store.
enum KeyLabels {
    static let root = "root"
    static let member = "member-ca-1"
    static let service = "service-ca-1"
    static let log = "log-1"
    static let storage = "storage-1"
}

/// Keys of the exchange's own that are renewed; the newest has the highest number.
enum ServiceKey: String, CaseIterable, Sendable {
    case receipts, registrar, server

    func label(_ number: Int) -> String { "\(rawValue)-\(number)" }

    var use: KeyUse { self == .server ? .transport : .signing }
}
