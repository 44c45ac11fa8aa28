import Primitives

extension Setting {
    /// `[limits]`: the bounds of the HTTP server, each movable within a range that still protects.
    package enum Limit {
        package static let requestLine = bytes("request_line_bytes", Limits.requestLineBytes)
        package static let fieldLine = bytes("field_line_bytes", Limits.fieldLineBytes)
        package static let head = bytes("head_bytes", Limits.headBytes)
        package static let fieldCount = count("field_count", Limits.fieldCount, 16...256)
        package static let handshakeDeadline = time("handshake_deadline", Limits.handshakeDeadline)
        package static let headDeadline = time("head_deadline", Limits.headDeadline)
        package static let writeStall = time("write_stall", Limits.writeStall)
        package static let idleKeepAlive = time("idle_keepalive", Limits.idleKeepAlive)
        package static let requestsPerConnection = count(
            "requests_per_connection",
            Limits.requestsPerConnection,
            1...1_000_000
        )
        package static let handlerDeadline = time("handler_deadline", Limits.handlerDeadline)
        package static let handlers = count("handlers", Limits.runningHandlers, 1...4096)
        package static let connections = count("connections", Limits.connections, 8...100_000)
        package static let connectionsPerIdentity = count(
            "connections_per_identity",
            Limits.connectionsPerIdentity,
            1...10_000
        )
        package static let connectionsPerAddress = count(
            "connections_per_address",
            Limits.connectionsPerAddress,
            1...10_000
        )

        static let rows: [SettingRow] = [
            requestLine.row, fieldLine.row, head.row, fieldCount.row, handshakeDeadline.row,
            headDeadline.row, writeStall.row, idleKeepAlive.row, requestsPerConnection.row,
            handlerDeadline.row, handlers.row, connections.row, connectionsPerIdentity.row,
            connectionsPerAddress.row,
        ]

        private static func bytes(_ key: String, _ value: Int) -> SettingKey<Int> {
            Setting.bytes(("limits", key), value, 1024...65_536).untilRestart
        }

        private static func count(
            _ key: String,
            _ value: Int,
            _ range: ClosedRange<Int>
        ) -> SettingKey<Int> {
            Setting.integer(("limits", key), value, range).untilRestart
        }

        private static func time(_ key: String, _ value: Duration) -> SettingKey<Duration> {
            Setting.duration(("limits", key), value, .seconds(1)...(.minutes(10))).untilRestart
        }
    }
}
