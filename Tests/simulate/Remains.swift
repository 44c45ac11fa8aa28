import Delivery
import Directory
import Exchange
import Primitives
import Storage
import TestKit

/// A world that has come to rest, for whoever judges it.
struct Remains {
    struct Office {
        let name: String
        let member: MemberID
        let store: ModelGatewayStore
        let now: Timestamp
    }

    let exchange: ModelExchangeStore
    let view: DirectoryView
    let offices: [Office]
    let witness: Witness
    /// Members whose keys were revoked or that have left. From then on they could say nothing more,
    /// so that the others do not know all that they know, nor they what the others do.
    private let silenced: Set<MemberID>
    private let places: [MemberID: Int]

    init(
        _ exchange: ExchangeSide,
        _ offices: [OfficeSide],
        _ witness: Witness,
        silenced: Set<MemberID> = []
    ) throws {
        guard let view = exchange.node?.view, let store = exchange.store else {
            throw WorldEnd.nobodyThere
        }
        self.exchange = store
        self.view = view
        self.offices = try offices.map { office in
            guard let store = office.store else { throw WorldEnd.nobodyThere }
            return Office(
                name: "\(office.place)",
                member: office.member,
                store: store,
                now: office.clock.now
            )
        }
        self.witness = witness
        self.silenced = silenced
        places = Dictionary(uniqueKeysWithValues: zip(offices.map(\.member), offices.indices))
    }

    func office(_ member: MemberID) throws -> Office {
        guard let place = places[member] else { throw WorldEnd.nobodyThere }
        return offices[place]
    }

    /// Whether one of two members was silenced.
    func isApart(_ one: MemberID, _ other: MemberID) -> Bool {
        isSilenced(one) || isSilenced(other)
    }

    func isSilenced(_ member: MemberID) -> Bool { silenced.contains(member) }

    /// Whether the three who know of a copy may differ about it, since one of the two parties was
    /// silenced: the exchange and the other one agree, and the silenced one has merely missed what
    /// came later, or could not say it.
    func isExcused(
        _ key: MessageKey,
        _ copy: OutboxCopy,
        _ there: DeliveryState?,
        _ arrived: DeliveryState?
    ) -> Bool {
        if silenced.contains(copy.to) { return copy.state == there || there == nil }
        guard silenced.contains(key.from), let there else { return false }
        let isKnown = arrived == nil ? there.isEnd : arrived == there || arrived == .replied
        return isKnown && Witness.follows(copy.state, there)
    }
}

enum WorldEnd: Error { case nobodyThere }
