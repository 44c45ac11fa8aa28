import Primitives

/// The bounds of one server: the values of `Limits`, or those of `[limits]` in the configuration.
package struct ServerLimits: Sendable {
    package var requestLineBytes = Limits.requestLineBytes
    package var fieldLineBytes = Limits.fieldLineBytes
    package var headBytes = Limits.headBytes
    package var fieldCount = Limits.fieldCount
    package var handshakeDeadline = Limits.handshakeDeadline
    package var headDeadline = Limits.headDeadline
    package var idleKeepAlive = Limits.idleKeepAlive
    package var requestsPerConnection = Limits.requestsPerConnection
    package var handlerDeadline = Limits.handlerDeadline
    package var writeStall = Limits.writeStall
    package var runningHandlers = Limits.runningHandlers
    package var strangersHandlers = Limits.strangersHandlers
    package var connections = Limits.connections
    package var connectionsPerIdentity = Limits.connectionsPerIdentity
    package var connectionsPerAddress = Limits.connectionsPerAddress
    package var handshakesPerSecondAndCore = 400
    package var drain = Limits.drain

    /// Over any window after the grace a body must bring this much, or it is 408.
    package let bodyWindowBytes = 10 * 1024
    package let bodyWindow = Duration.seconds(10)
    package let bodyGrace = Duration.seconds(5)
    package let bodyDeadline = Duration.seconds(60)
    package let bodyBytesPerSecond = 64 * 1024
    package let linger = Duration.seconds(2)
    package let lingerBytes = 1024 * 1024
    /// A queue above `high` holds its writer back until it is at `low`.
    package let queueHigh = 256 * 1024
    package let queueLow = 64 * 1024
    package let readPerTurn = 64 * 1024
    package let writePerTurn = 256 * 1024

    package init() {}
}
