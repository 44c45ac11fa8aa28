package import Primitives

/// Serves its listeners until it is drained.
package final class Server: Sendable {
    package let ports: [Int]

    /// Binds every listener; nothing is accepted before `run`.
    package init(
        _ listeners: [(ListenerConfiguration, any Handler)],
        time: any TimeSource,
        limits: ServerLimits = ServerLimits(),
        random: any RandomSource = KernelRandom()
    ) throws(ServerError) {
        ports = listeners.map { _ in 0 }
    }

    /// Returns after `drain`, or when its task is cancelled, which drains as well.
    package func run() async {}

    /// Closes the listeners and idle connections; running requests finish within the limit.
    package func drain() {}

    /// Shows another chain and asks other roots from the next handshake on.
    ///
    /// - Parameter listener: index in the list given at the start.
    /// - Throws: `certificate`; what was in force before then stays in force.
    package func reload(listener: Int, tls: TLSServerConfiguration) throws(ServerError) {}
}
