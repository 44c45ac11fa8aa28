import Audit
import Directory
import Primitives
import Testing

@testable import Delivery

/// Every cell of the three state machines, the impossible ones too.
struct MachineTests {
    @Test func `the exchange's copy moves as the table says`() {
        let states: [DeliveryState?] = [
            nil, .accepted, .released, .delivered, .opened, .confirmed, .refused, .expired,
            .withdrawn, .undeliverable,
        ]
        let names = states.map { $0?.rawValue ?? "none" }
        let events = CopyMachine.Event.allCases
        expect(MachineTables.copy, names, Array(events.prefix(6))) {
            CopyMachine.step(states[$0], $1).cell
        }
        expect(MachineTables.copyFurther, names, Array(events.dropFirst(6))) {
            CopyMachine.step(states[$0], $1).cell
        }
        // States of the other places: nothing happens to a copy in them.
        for state in [DeliveryState.draft, .queued, .replied] {
            for event in CopyMachine.Event.allCases where event != .submit {
                #expect(CopyMachine.step(state, event) == .refuses(.outOfOrder))
            }
        }
    }

    @Test func `the sender's copy moves as the table says`() {
        let states = SentMachine.State.allCases
        let events = SentMachine.Event.allCases
        expect(MachineTables.unsent, states.map(\.rawValue), Array(events.prefix(8))) {
            SentMachine.step(states[$0], $1).cell
        }
        expect(MachineTables.sent, states.map(\.rawValue), Array(events[8..<13])) {
            SentMachine.step(states[$0], $1).cell
        }
        expect(MachineTables.sentFurther, states.map(\.rawValue), Array(events[13..<17])) {
            SentMachine.step(states[$0], $1).cell
        }
        expect(MachineTables.takenBack, states.map(\.rawValue), Array(events.dropFirst(17))) {
            SentMachine.step(states[$0], $1).cell
        }
    }

    @Test func `the recipient's message moves as the table says`() {
        let states = [nil] + ReceivedMachine.State.allCases.map(Optional.some)
        let events = ReceivedMachine.Event.allCases
        let names = states.map { $0?.rawValue ?? "none" }
        expect(MachineTables.received, names, Array(events.prefix(6))) {
            ReceivedMachine.step(states[$0], $1).cell
        }
        expect(MachineTables.receivedFurther, names, Array(events.dropFirst(6))) {
            ReceivedMachine.step(states[$0], $1).cell
        }
    }

    @Test func `each receipt is signed by the step that establishes its fact`() {
        #expect(CopyMachine.step(nil, .submit).signs == [.accepted])
        #expect(CopyMachine.step(.accepted, .expiry).signs == [.expired])
        #expect(CopyMachine.step(.released, .delivered).signs == [])
        #expect(ReceivedMachine.step(.fetched, .deliver).signs == [.delivered])
        #expect(ReceivedMachine.step(.fetched, .refuse).signs == [.refused])
        #expect(ReceivedMachine.step(.held, .expire).signs == [.refused])
        #expect(ReceivedMachine.step(.delivered, .open).signs == [.opened])
        #expect(ReceivedMachine.step(.delivered, .confirm).signs == [.opened, .confirmed])
        #expect(ReceivedMachine.step(.opened, .confirm).signs == [.confirmed])
        // The first of each alone is a receipt.
        #expect(ReceivedMachine.step(.opened, .open).signs == [])
        #expect(ReceivedMachine.step(.confirmed, .confirm).signs == [])
        #expect(CopyMachine.step(.accepted, .close).signs == [.undeliverable])
        for state in [DeliveryState.accepted, .released, .expired, .undeliverable] {
            #expect(CopyMachine.step(state, .withdrawal).signs == [.withdrawalAnswer])
        }
        // What has arrived is answered by the recipient alone.
        #expect(CopyMachine.step(.delivered, .withdrawal).signs == [])
        for state in [ReceivedMachine.State.held, .delivered, .opened, .confirmed, .replied] {
            #expect(ReceivedMachine.step(state, .withdraw).signs == [.withdrawalAnswer])
        }
    }

    /// What the exchange has is withdrawn by a statement; what has not left needs none, and of an
    /// attempt it is not known yet whether there is anything to withdraw.
    @Test func `a sender signs nothing but withdrawals of what was accepted`() {
        let withdrawable: [SentMachine.State] = [
            .accepted, .delivered, .opened, .confirmed, .replied, .expired, .undeliverable,
        ]
        for state in SentMachine.State.allCases {
            for event in SentMachine.Event.allCases {
                let signs =
                    event == .withdraw && withdrawable.contains(state)
                    || event == .accepted && state == .lapsed
                #expect(SentMachine.step(state, event).signs == (signs ? [.withdrawal] : []))
            }
        }
    }

    @Test func `each step is recorded under its own event`() {
        #expect(CopyMachine.step(nil, .submit).audit == [.messageAccepted])
        #expect(CopyMachine.step(.released, .submit).audit == [.messageDuplicate])
        #expect(CopyMachine.step(.accepted, .fetch).audit == [.messageReleased])
        #expect(CopyMachine.step(.released, .fetch).audit == [])
        #expect(CopyMachine.step(.released, .refused).audit == [.messageRefused])
        #expect(CopyMachine.step(.delivered, .opened).audit == [.messageOpened])
        #expect(SentMachine.step(.draft, .permitted).audit == [.consentGranted, .messageQueued])
        #expect(
            CopyMachine.step(.accepted, .withdrawal).audit
                == [.withdrawalRequested, .withdrawalAnswered]
        )
        #expect(CopyMachine.step(.opened, .withdrawal).audit == [.withdrawalRequested])
        #expect(CopyMachine.step(.delivered, .neverOpened).audit == [.withdrawalAnswered])
        #expect(CopyMachine.step(.released, .close).audit == [.messageUndeliverable])
        #expect(
            SentMachine.step(.lapsed, .accepted).audit == [.messageAccepted, .withdrawalRequested]
        )
        #expect(SentMachine.step(.delivered, .takenBack).audit == [.receiptReceived])
        #expect(SentMachine.step(.stopped, .withdraw).audit == [.messageCancelled])
        #expect(ReceivedMachine.step(.delivered, .withdraw).audit == [.withdrawalAnswered])
        #expect(SentMachine.step(.draft, .denied).audit == [.consentDenied])
        #expect(SentMachine.step(.held, .seal).audit == [.messageSigned])
        #expect(SentMachine.step(.sealed, .attempt).audit == [.messageSent])
        #expect(SentMachine.step(.attempted, .attempt).audit == [])
        #expect(
            SentMachine.step(.sealed, .consentWithdrawn).audit == [.consentDenied, .messageHeld]
        )
        #expect(SentMachine.step(.attempted, .accepted).audit == [.messageAccepted])
        #expect(SentMachine.step(.accepted, .delivered).audit == [.receiptReceived])
        #expect(SentMachine.step(.delivered, .reply).audit == [.messageReplied])
        #expect(
            ReceivedMachine.step(.fetched, .deliver).audit == [.messageDelivered, .consentGranted]
        )
        #expect(ReceivedMachine.step(.fetched, .hold).audit == [.messageQuarantined])
        #expect(ReceivedMachine.step(.opened, .open).audit == [.sheetOpened])
        #expect(ReceivedMachine.step(.delivered, .sameBytes).audit == [.messageDuplicate])
        #expect(ReceivedMachine.step(.refused, .otherBytes).audit == [.messageConflict])
    }

    @Test func `every state has its word`() {
        let waiting: [SentMachine.State] = [.held, .blocked, .sealed, .attempted, .stopped]
        for state in SentMachine.State.allCases {
            if waiting.contains(state) {
                #expect(state.shown == .queued)
            } else if state == .lapsed {
                #expect(state.shown == .undeliverable)
            } else {
                #expect(state.shown.rawValue == state.rawValue)
            }
        }
        for state in ReceivedMachine.State.allCases {
            let isJudged = state != .fetched && state != .held
            #expect(state.shown?.rawValue == (isJudged ? state.rawValue : nil))
        }
    }

    @Test(arguments: [StepRefusal.notFound, .outOfOrder, .bodyGone, .deliveryClosed])
    func `every refusal says what happened and what to do`(refusal: StepRefusal) {
        #expect(!refusal.code.isEmpty && !refusal.summary.isEmpty && !refusal.advice.isEmpty)
        #expect(refusal.isTemporary == (refusal == .outOfOrder))
    }

    private func expect<Event>(
        _ table: String,
        _ states: [String],
        _ events: [Event],
        _ cell: (Int, Event) -> String
    ) {
        let rows = table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(rows.first == ["state"] + events.map { "\($0)" })
        #expect(rows.dropFirst().map { $0[0] } == states)
        for (index, row) in rows.dropFirst().enumerated() {
            let found = events.map { cell(index, $0) }
            #expect(found == Array(row.dropFirst()), "in state \(row[0])")
        }
    }
}

extension Step where State: RawRepresentable<String> {
    fileprivate var cell: String {
        switch self {
        case .moves(let move): move.next.rawValue
        case .repeats: "="
        case .refuses(let refusal): refusal == .outOfOrder ? "-" : refusal.code
        }
    }

    fileprivate var signs: [StatementType] {
        if case .moves(let move) = self { move.receipts } else { [] }
    }

    fileprivate var audit: [AuditEvent] {
        switch self {
        case .moves(let move): move.audit
        case .repeats(let event): event.map { [$0] } ?? []
        case .refuses: []
        }
    }
}
