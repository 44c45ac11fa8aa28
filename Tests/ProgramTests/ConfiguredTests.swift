import Configuration
import Directory
import Exchange
import HTTP
import Primitives
import Testing

@testable import renkei

/// What an operator sets is what a service runs with.
@Suite struct ConfiguredTests {
    private func settings(_ kind: ServiceKind, _ text: String) throws -> Settings {
        try Settings(kind: kind, files: [(name: "a.toml", text: text.bytes)])
    }

    @Test func `every limit of the configuration reaches the server`() throws {
        let limits = ServerLimits(
            try settings(
                .gateway,
                """
                [service]
                drain = "11s"
                [limits]
                request_line_bytes = "2KiB"
                field_line_bytes = "3KiB"
                head_bytes = "5KiB"
                field_count = 17
                handshake_deadline = "12s"
                head_deadline = "13s"
                write_stall = "14s"
                idle_keepalive = "15s"
                requests_per_connection = 18
                handler_deadline = "16s"
                handlers = 19
                connections = 20
                connections_per_identity = 21
                connections_per_address = 22
                """
            )
        )
        let bytes = [limits.requestLineBytes, limits.fieldLineBytes, limits.headBytes]
        #expect(bytes == [2048, 3072, 5120])
        let times = [
            limits.drain, limits.handshakeDeadline, limits.headDeadline, limits.writeStall,
            limits.idleKeepAlive, limits.handlerDeadline,
        ]
        #expect(times == (11...16).map { .seconds($0) })
        let counts = [
            limits.fieldCount, limits.requestsPerConnection, limits.runningHandlers,
            limits.connections, limits.connectionsPerIdentity, limits.connectionsPerAddress,
        ]
        #expect(counts == Array(17...22))
    }

    @Test func `an exchange keeps the pace and spans of its configuration`() throws {
        let settings = ExchangeSettings(
            try settings(
                .exchange,
                """
                [exchange]
                origin = "log.example"
                member_requests = "7/s"
                [audit]
                checkpoint_every = "9s"
                [ca]
                crl_every = "2h"
                crl_life = "10d"
                """
            )
        )
        #expect(settings.limits[.requestsPerSecond] == 7)
        #expect(settings.checkpointEvery == .seconds(9))
        #expect(settings.listEvery == .hours(2))
        #expect(settings.listLife == .days(10))
    }
}
