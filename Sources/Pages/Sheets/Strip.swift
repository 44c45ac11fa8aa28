import Audit
import Delivery
import Directory
import Gateway
import Primitives
import Storage

/// 配達状況: the steps of one recipient's copy, with time and person; the next one is marked.
struct Strip {
    private struct Step {
        let state: DeliveryState
        let at: Timestamp?
        let who: String
    }

    private let copy: OutboxCopy
    private let name: String
    private let steps: [Step]

    /// `receipts` are those of the message; the copy's own and the exchange's count.
    init(
        _ copy: OutboxCopy,
        _ receipts: [OrganisationGateway.TrackedReceipt],
        name: String,
        wantsReply: Bool
    ) {
        self.copy = copy
        self.name = name
        let rank = copy.state.rank
        let shown: [(DeliveryState, StatementType)] = [
            (.accepted, .accepted), (.delivered, .delivered), (.opened, .opened),
            (.confirmed, .confirmed),
        ]
        var steps = shown.map { state, type -> Step in
            let receipt = receipts.first { receipt in
                receipt.statement.type == type
                    && (type == .accepted || receipt.statement.slot.recipient == copy.to)
            }
            let person = receipt?.person ?? name
            let way = receipt?.isEmergency == true ? "（\(English.said("緊急閲覧"))）" : ""
            let who = type == .accepted ? English.said("交換所") : person + way
            return Step(state: state, at: receipt?.statement.storedAt, who: who)
        }
        let isReplied = rank >= DeliveryState.replied.rank
        if isReplied || wantsReply {
            steps.append(Step(state: .replied, at: isReplied ? copy.movedAt : nil, who: name))
        }
        self.steps = steps
    }

    var html: HTML {
        if copy.state.isEnd || copy.state == .queued {
            let look = copy.state == .queued || copy.state == .withdrawn ? "next" : "bad"
            return """
                <ol class="strip" aria-label="\(name)への配達状況: \(own: StateWords(copy.state).label)">\
                \(steps.filter { $0.at != nil }.map(done))\
                <li class="\(look)">\(StateWords(copy.state).html) \
                \(TimeWords.element(copy.movedAt))</li></ol>
                """
        }
        let passed = steps.filter { !isSkipped($0) }
        let next = passed.firstIndex { !isDone($0) }
        let items = passed.enumerated().map { index, step -> HTML in
            if isDone(step) { return done(step) }
            let words = StateWords(step.state)
            return index == next
                ? "<li class=\"next\"><span class=\"mark\">○</span> \(own: words.step)を待っています</li>"
                : "<li>\(own: words.step)</li>"
        }
        let reached = StateWords(copy.state).label
        return """
            <ol class="strip" aria-label="\(name)への配達状況: \(own: reached)まで進みました">\(items)</ol>
            """
    }

    private func isDone(_ step: Step) -> Bool { step.at != nil || step.state == copy.state }

    /// A reply may come without a confirmation: then none is claimed, and none is waited for.
    private func isSkipped(_ step: Step) -> Bool {
        step.at == nil && step.state.rank < copy.state.rank
    }

    private func done(_ step: Step) -> HTML {
        let words = StateWords(step.state)
        let time: HTML = step.at.map { TimeWords.element($0) } ?? .nothing
        let who: HTML = step.at == nil ? .nothing : " \(step.who)"
        return """
            <li class="done"><span class="mark" aria-hidden="true">\(words.shape)</span> \
            \(own: words.label) \(time)\(who)</li>
            """
    }
}
