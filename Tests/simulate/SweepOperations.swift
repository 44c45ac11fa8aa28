import Delivery
import Exchange
import ExchangeAPI
import Gateway
import Primitives
import Storage
import TestKit

extension Sweep {
    /// What is done; saying it again changes nothing.
    func perform(in world: SimulatedWorld) async throws {
        let (care, clinic) = (world.office(.careOffice), world.office(.clinic))
        switch operation {
        case .send:
            try await say(Self.first, to: [.clinic, .hospital], world)
            try await say(Self.second, to: [.clinic], world)
        case .submit:
            world.scene.time.advance(by: .minutes(2))
            await world.carry(care)
        case .receive: await world.carry(clinic)
        case .hear, .hearAnswer: await world.carry(care)
        case .open:
            for key in try await keys(clinic) {
                _ = try await gateway(clinic).open(key, by: Town.nurse)
            }
        case .confirm:
            for key in try await keys(clinic) {
                try await gateway(clinic).confirm(key, by: Town.nurse)
            }
            await world.carry(clinic)
        case .answer: try await answer(world)
        case .carryAnswer:
            world.scene.time.advance(by: .minutes(2))
            await world.carry(clinic)
        case .cancel:
            try await say(Self.third, to: [.clinic], world)
            let told = world.scene.witness.wishes.first { $0.thread == Self.third }?.told
            guard let told else { return }
            // Once cancelled, it cannot be again.
            let row = try await gateway(care).track(told.messageID)
            guard row.copies.contains(where: { $0.state != .withdrawn }) else { return }
            _ = try await gateway(care).withdraw(
                told.messageID,
                because: .other,
                by: Town.careManager
            )
        case .expire:
            world.scene.time.advance(by: .days(8))
            await world.tidy()
        case .receiveLate: await world.carry(world.office(.hospital))
        }
    }

    private func gateway(_ office: OfficeSide) throws -> OrganisationGateway {
        guard let gateway = office.gateway else { throw WorldEnd.nobodyThere }
        return gateway
    }

    private func keys(_ office: OfficeSide) async throws -> [MessageKey] {
        try await gateway(office).inbox(limit: .max).filter { $0.state != .refused }.map(\.key)
    }

    private func say(
        _ thread: ThreadID,
        to recipients: [World.Place],
        _ world: SimulatedWorld
    ) async throws {
        let sheet = try Letters.liaison(to: recipients, "routine", thread: thread)
        try await say(sheet, "careLiaison", thread, (.careOffice, recipients), world)
    }

    private func answer(_ world: SimulatedWorld) async throws {
        let sheet = try Letters.reply(from: .clinic, to: Self.first, as: Self.reply)
        try await say(sheet, "careLiaisonReply", Self.first, (.clinic, [.careOffice]), world)
    }

    private func say(
        _ sheet: [UInt8],
        _ type: String,
        _ thread: ThreadID,
        _ way: (from: World.Place, to: [World.Place]),
        _ world: SimulatedWorld
    ) async throws {
        guard let type = SheetType(type) else { return }
        let witness = world.scene.witness
        let wish = Witness.Wish(
            from: world.office(way.from).member,
            thread: thread,
            sheetType: type,
            copies: way.to.count,
            sheet: sheet,
            word: "\(type) \(thread)"
        )
        if !witness.wishes.contains(where: { $0.word == wish.word }) { witness.add(wish) }
        var request = SendRequest(sheet: sheet)
        request.idempotencyKey = wish.word
        let office = world.office(way.from)
        let sent = try await gateway(office).send(request, by: Town.careManager)
        let key = MessageKey(from: office.member, messageID: sent.messageID)
        witness.queued(wish.word, as: key)
    }

    private static let first = ThreadID.make(SeededRandom(seed: 101))
    private static let second = ThreadID.make(SeededRandom(seed: 102))
    private static let third = ThreadID.make(SeededRandom(seed: 103))
    private static let reply = ThreadID.make(SeededRandom(seed: 104))
}
