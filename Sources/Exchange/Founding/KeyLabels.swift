/// Under which names an exchange's keys lie in its key store.
enum KeyLabels {
    static let root = "root"
    static let member = "member-ca-1"
    static let service = "service-ca-1"
    static let receipts = "receipts-1"
    static let registrar = "registrar-1"
    static let server = "server-1"
    static let log = "log-1"
    static let storage = "storage-1"
}
