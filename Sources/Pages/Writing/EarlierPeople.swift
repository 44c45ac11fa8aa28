import Delivery
import Gateway
import Primitives
import Storage

/// Whom the newest sheets here are about, each person once.
struct EarlierPeople {
    struct Person: Sendable {
        /// The newest sheet.
        let message: MessageID
        let name: String
        let kana: String
    }

    private(set) var found: [Person] = []
    /// Sheets that are looked at, sent and received alike.
    private static let most = 200

    init(_ visit: Visit) async throws(PageRefusal) {
        let most = Self.most
        let rows = try await visit.ask { gateway throws(GatewayError) in
            (sent: try await gateway.outbox(limit: most), got: try await gateway.inbox(limit: most))
        }
        var sheets: [(at: Timestamp, person: Person)] = []
        for row in rows.sent {
            let head = try await visit.ask { gateway throws(GatewayError) in
                try await visit.parts.heads.head(ofSent: row, at: gateway)
            }
            guard let name = head.patientName else { continue }
            let person = Person(message: row.message, name: name, kana: head.patientKana ?? "")
            sheets.append((row.createdAt, person))
        }
        // What nobody has opened stays so: copying is no opening.
        let opened: [DeliveryState] = [.opened, .confirmed, .replied]
        for row in rows.got where row.state.map(opened.contains) ?? false {
            let head = try await visit.ask { gateway throws(GatewayError) in
                try await visit.parts.heads.head(ofReceived: row.key, at: gateway)
            }
            guard let name = head?.patientName else { continue }
            let message = row.key.messageID
            let person = Person(message: message, name: name, kana: head?.patientKana ?? "")
            sheets.append((row.receivedAt, person))
        }
        var known: Set<ByteText> = []
        for sheet in sheets.sorted(by: { $0.at > $1.at }) {
            let name = ByteText(sheet.person.name + "\n" + sheet.person.kana)
            if known.insert(name).inserted { found.append(sheet.person) }
        }
    }
}
