import Delivery
import ExchangeAPI
import Gateway
import Primitives
import Sheets
import Storage
import TestKit

/// The people of one office, and what they do by the dice: they send, cancel, read, confirm and
/// answer, and say what was not understood once more.
final class Person: Sendable {
    private let office: OfficeSide
    private let scene: Scene
    private let answered = Lock<Set<MessageKey>>([])

    init(_ office: OfficeSide, _ scene: Scene) {
        self.office = office
        self.scene = scene
    }

    private var dice: Dice { scene.dice }
    private var witness: Witness { scene.witness }

    /// What they do in one turn.
    func act() async {
        await retry()
        if office.place == .careOffice {
            if dice.below(4) > 0 { await send() }
            if dice.isOne(of: 4) { await takeBack() }
        }
        await read()
    }

    /// What was not taken is said again, until it is.
    func insist() async { await retry() }

    /// They look at their lists.
    func look() async {
        guard let gateway = office.gateway else { return }
        do throws(GatewayError) {
            for row in try await gateway.inbox(limit: .max) { witness.saw(row, at: office.member) }
            for row in try await gateway.outbox(limit: .max) {
                witness.saw(row, from: office.member)
            }
        } catch { witness.note("\(office.place) cannot look: \(error.code)") }
    }

    func send() async {
        let thread = ThreadID.make(SeededRandom(seed: dice.seed()))
        let recipients: [World.Place] = dice.pick([
            [.clinic], [.clinic], [.hospital], [.clinic, .hospital],
        ])
        let urgency = dice.pick(["emergency", "soon", "routine", "routine"])
        await wish("careLiaison", thread, recipients) {
            try Letters.liaison(to: recipients, urgency, thread: thread)
        }
    }

    private func wish(
        _ type: String,
        _ thread: ThreadID,
        _ recipients: [World.Place],
        _ sheet: () throws -> [UInt8]
    ) async {
        do {
            guard let type = SheetType(type) else { preconditionFailure("a fixed type") }
            let wish = Witness.Wish(
                from: office.member,
                thread: thread,
                sheetType: type,
                copies: recipients.count,
                sheet: try sheet(),
                word: "\(office.place) \(type) \(thread)"
            )
            witness.add(wish)
            await say(wish)
        } catch { witness.find(.contradiction, "no sheet: \(error)") }
    }

    private func retry() async {
        for wish in witness.wishes where wish.from == office.member {
            guard wish.told == nil || dice.isOne(of: 8) else { continue }
            await say(wish)
        }
    }

    private func say(_ wish: Witness.Wish) async {
        guard let gateway = office.gateway else { return }
        var request = SendRequest(sheet: wish.sheet)
        request.idempotencyKey = wish.word
        do throws(GatewayError) {
            let sent = try await gateway.send(request, by: Town.careManager)
            let key = MessageKey(from: office.member, messageID: sent.messageID)
            witness.note("\(wish.word) is queued as \(sent.messageID)")
            witness.queued(wish.word, as: key)
        } catch { witness.note("\(wish.word) is not queued: \(error.code)") }
    }

    private func takeBack() async {
        guard let gateway = office.gateway else { return }
        do throws(GatewayError) {
            let rows = try await gateway.outbox(limit: .max)
            guard !rows.isEmpty else { return }
            let row = dice.pick(rows)
            let came = try await gateway.withdraw(
                row.message,
                because: .other,
                by: Town.careManager
            )
            witness.note("\(row.message) is taken back: \(came)")
        } catch { witness.note("nothing is taken back: \(error.code)") }
    }

    private func read() async {
        guard let gateway = office.gateway else { return }
        do throws(GatewayError) {
            for row in try await gateway.inbox(limit: .max) where dice.isOne(of: 3) {
                guard let state = row.state, state != .refused else { continue }
                if dice.isOne(of: 2) {
                    _ = try await gateway.open(row.key, by: Town.nurse)
                } else {
                    try await gateway.confirm(row.key, by: Town.nurse)
                }
                if office.place != .careOffice, dice.isOne(of: 3) { await answer(row) }
            }
        } catch { witness.note("\(office.place) cannot read: \(error.code)") }
    }

    private func answer(_ row: InboxRow) async {
        guard let thread = row.sheet?.thread,
            answered.withLock({ $0.insert(row.key).inserted })
        else { return }
        let sheetID = SheetID.make(SeededRandom(seed: dice.seed()))
        await wish("careLiaisonReply", thread, [.careOffice]) {
            try Letters.reply(from: office.place, to: thread, as: sheetID)
        }
    }
}
