import ExchangeAPI
import Primitives
import Storage

/// Messages that wait for a trouble of their own to pass, so that nothing behind them does. Kept in
/// memory: after a start each is tried at once.
struct Pauses: Sendable {
    private struct Pause: Sendable {
        var failures = 0
        var until = Duration.zero
    }

    private var messages: [MessageID: Pause] = [:]

    var count: Int { messages.count }

    func isPaused(_ message: MessageID, at now: Duration) -> Bool {
        messages[message].map { $0.until > now } ?? false
    }

    /// Longer each time, by the back-off of all tries.
    mutating func pause(
        _ message: MessageID,
        after error: GatewayError,
        at now: Duration,
        _ random: some RandomSource
    ) {
        var pause = messages[message] ?? Pause()
        pause.failures += 1
        pause.until =
            now
            + BackOff.delay(
                failures: pause.failures,
                notBefore: error.retryAfter,
                random
            )
        messages[message] = pause
    }

    mutating func end(_ message: MessageID) { messages[message] = nil }
}

extension OrganisationGateway {
    /// Takes a step for one message. A trouble of its own is told to `report` and holds up that
    /// message alone; one of the store, the keys or the way to the exchange ends the round.
    func alone(
        _ message: MessageID,
        _ report: Report,
        _ step: () async throws(GatewayError) -> Void
    ) async throws(GatewayError) {
        guard !isPaused(message) else { return }
        do throws(GatewayError) {
            try await step()
        } catch {
            guard error.isOfOneMessage else { throw error }
            pause(message, after: error)
            report(error)
        }
    }
}

extension GatewayError {
    fileprivate var isOfOneMessage: Bool {
        if case .store(.conflict) = self { return true }
        return switch self {
        case .exchange(.refused), .exchange(.badAnswer): true
        case .exchange, .store, .keyStore, .dataKey, .notEnrolled, .clockOff, .certificateEnded,
            .directoryForked:
            false
        case .directory, .recipientUnreachable, .consent, .sheet, .seal, .evidence,
            .recipientUnknown, .recipientAmbiguous, .notARecipient, .extractUnfit,
            .notOurSheet, .notFound, .keyTaken, .outOfOrder, .quarantined, .alreadyWithdrawn,
            .answeredUnknown, .correctedUnknown, .otherDesk, .ownEmergency, .ownRequest,
            .deskUnknown, .deskTaken,
            .fingerprintChanged, .consentWithdrawn, .faxUnknown, .faxWithheld,
            .enrolment, .malformed, .planChanged, .formUnfit, .completionUnfit, .keptBack,
            .secondPersonMissing, .nothingToRecover:
            true
        }
    }
}
