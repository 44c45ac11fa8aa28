import Delivery
import Gateway
import Primitives
import Storage

/// やりとり: the other sheets of a thread, newest first.
struct ThreadList {
    private struct Line {
        let at: Timestamp
        let html: HTML
    }

    private let lines: [Line]

    init(
        _ thread: ThreadID,
        around key: MessageKey,
        _ visit: Visit
    ) async throws(PageRefusal) {
        let rows = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.thread(thread)
        }
        let received = rows.received.filter { $0.key != key }.map { row in
            let path = visit.path("/sheets/\(row.key.messageID)")
            let link: HTML = "<a href=\"\(path)\">\(visit.name(of: row.sheet?.sheetType))</a>"
            let html: HTML = """
                <li>\(TimeWords.element(row.receivedAt)) 受信 \(link)
                （\(visit.name(of: row.key.from))）\(visit.elsewhere(row) ?? "")\
                \(StateWords.received(row.state))</li>
                """
            return Line(at: row.receivedAt, html: html)
        }
        let own = visit.gateway.member
        let others = rows.sent.filter { MessageKey(from: own, messageID: $0.message) != key }
        let sent = others.map { row in
            let path = visit.path("/sent/\(row.message)")
            let peers = row.copies.map { visit.name(of: $0.to) }.joined(separator: "、")
            let html: HTML = """
                <li>\(TimeWords.element(row.createdAt)) 送信 \
                <a href="\(path)">\(visit.name(of: row.sheetType))</a>（\(peers)）\
                \(StateWords(row.copies.map(\.state).leastAdvanced).html)</li>
                """
            return Line(at: row.createdAt, html: html)
        }
        lines = (received + sent).sorted { $0.at > $1.at }
    }

    var html: HTML {
        guard !lines.isEmpty else { return .nothing }
        return "<h2>やりとり</h2><ul>\(lines.map(\.html))</ul>"
    }
}
