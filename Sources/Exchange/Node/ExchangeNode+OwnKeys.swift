import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

// The exchange's own keys: renewed before they end, without anybody's help.
extension ExchangeNode {
    /// Has `tell` called whenever the TLS listener is to show another certificate.
    package func onNewCredentials(_ tell: @escaping @Sendable () async -> Void) {
        replaceTeller(tell)
    }

    /// Renews what is due. A key that was made before a crash is certified after it.
    func renewOwnKeys() async throws(ExchangeFault) {
        let now = time.now
        let due = ServiceKey.allCases.filter { identity.certificate($0).isRenewalDue(at: now) }
        guard !due.isEmpty else { return }
        for own in due {
            try await renew(own)
            // At once: were the next one to fail, this one would be renewed again.
            replaceIdentity(try ExchangeIdentity(in: keyStore, view))
            if own == .server { await newCredentials() }
        }
    }

    private func renew(_ own: ServiceKey) async throws(ExchangeFault) {
        let old = identity.certificate(own)
        let key = try await wrap(ExchangeFault.keyStore) { () async throws(KeyStoreError) in
            try await newestKey(own, unlike: old)
        }
        let from = time.now.adding(.zero - Limits.clockTolerance)
        try await operate { writer async throws(Refusal) in
            guard key.keyID.flatMap({ writer.view.certificate(keyID: $0) }) == nil else { return }
            let certificate = try await wrap({ Refusal(own: $0) }) {
                () async throws(KeyStoreError) in
                try await identity.serviceAuthority.issue(
                    old.profile,
                    subject: old.subject,
                    point: try keyStore.point(key),
                    serial: random.bytes(20),
                    validity: Validity(of: old.profile, from: from)
                )
            }
            try writer.believe(.certificate(nil, certificate))
        }
    }

    /// The key after the one in use, made where there is none yet.
    private func newestKey(
        _ own: ServiceKey,
        unlike old: Certificate
    ) async throws(KeyStoreError) -> KeyHandle {
        var number = 1
        while let key = keyStore.handle(labelled: own.label(number)) {
            if view.certificate(keyID: key.keyID ?? old.keyID) == nil { return key }
            number += 1
        }
        return try await keyStore.generate(own.use, label: own.label(number))
    }
}
