import Primitives

/// Counts what the limits of a server bound. Shared by its loops.
final class Load: Sendable {
    fileprivate struct Counts {
        var connections = 0
        var handlers: [HandlerPool: Int] = [:]
        var byAddress: [String: Int] = [:]
        var byIdentity: [Digest: Int] = [:]
    }

    /// What a connection is counted under besides the total.
    enum Share: Sendable {
        case nothing
        case address(String)
        case identity(Digest)
    }

    private let counts = Lock(Counts())
    private let limits: ServerLimits

    init(limits: ServerLimits) { self.limits = limits }

    var connections: Int { counts.withLock { $0.connections } }
    var isFull: Bool { connections >= limits.connections }

    /// Counts a new connection, as yet without identity.
    ///
    /// - Returns: nil if its address has too many.
    func admit(address: String?) -> Share? {
        counts.withLock { counts in
            if let address {
                guard counts.byAddress[address, default: 0] < limits.connectionsPerAddress else {
                    return nil
                }
                counts.byAddress[address, default: 0] += 1
            }
            counts.connections += 1
            return address.map { .address($0) } ?? .nothing
        }
    }

    /// Moves a connection from its address to the identity it proved.
    ///
    /// - Returns: whether the identity has too many now.
    func identified(_ share: inout Share, as identity: Digest) -> Bool {
        counts.withLock { counts in
            counts.leave(share)
            share = .identity(identity)
            counts.byIdentity[identity, default: 0] += 1
            return counts.byIdentity[identity, default: 0] > limits.connectionsPerIdentity
        }
    }

    func closed(_ share: Share) {
        counts.withLock { counts in
            counts.connections -= 1
            counts.leave(share)
        }
    }

    /// - Returns: false above the limit of running handlers of the pool.
    func beginHandler(in pool: HandlerPool) -> Bool {
        let limit =
            switch pool {
            case .common: limits.runningHandlers
            case .strangers: limits.strangersHandlers
            }
        return counts.withLock { counts in
            guard counts.handlers[pool, default: 0] < limit else { return false }
            counts.handlers[pool, default: 0] += 1
            return true
        }
    }

    func endHandler(in pool: HandlerPool) {
        counts.withLock { $0.handlers[pool, default: 1] -= 1 }
    }
}

extension Load.Counts {
    fileprivate mutating func leave(_ share: Load.Share) {
        switch share {
        case .nothing: break
        case .address(let address):
            let rest = byAddress[address, default: 1] - 1
            byAddress[address] = rest == 0 ? nil : rest
        case .identity(let identity):
            let rest = byIdentity[identity, default: 1] - 1
            byIdentity[identity] = rest == 0 ? nil : rest
        }
    }
}
