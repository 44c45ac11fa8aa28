package import Primitives

/// Roots, issuing authorities and lists of one purpose, and the question whether a certificate was
/// good for a role at a time.
///
/// Immutable: a new list or authority means a new store. Paths are built and checked by libcrypto
/// (`PathBuilder`); a path found once is kept, and its times and revocations are judged again for
/// every question. A revocation counts when its *since* is not after the time asked about, also
/// when the list is younger than that. An old list is no refusal here: see `TrustedChain.listAge`.
package struct TrustStore: Sendable {
    private let authorities: (roots: [Certificate], intermediates: [Certificate])
    /// Made for the first question: one who replays a directory goes through many stores unasked.
    private let builder = Lock<PathBuilder?>(nil)
    private let lists: [KeyID: CertificateRevocationList]
    private let paths: Lock<[PathKey: [Certificate]]>

    private struct PathKey: Hashable {
        let certificate: Digest
        let role: CertificateRole
    }

    /// Paths kept; at the end of it the memory is emptied.
    private static let pathLimit = 4096

    /// Takes lists of each authority, roots included; of each the highest number is used. A list
    /// that its authority did not sign is left out: it must not displace a good one.
    package init(
        roots: [Certificate],
        intermediates: [Certificate],
        lists: [CertificateRevocationList]
    ) {
        self.init((roots, intermediates), lists, Lock([:]))
    }

    /// The same authorities with other lists. The paths that were found stay: they hang on the
    /// authorities alone, and what lists say is judged again for every question.
    package func with(lists: [CertificateRevocationList]) -> TrustStore {
        TrustStore(authorities, lists, paths)
    }

    private init(
        _ authorities: (roots: [Certificate], intermediates: [Certificate]),
        _ lists: [CertificateRevocationList],
        _ paths: Lock<[PathKey: [Certificate]]>
    ) {
        let all = authorities.roots + authorities.intermediates
        let signed = lists.filter { list in
            all.contains { $0.keyID == list.issuerKeyID && list.isSigned(by: $0) }
        }
        self.lists = Dictionary(signed.map { ($0.issuerKeyID, $0) }) {
            $0.number > $1.number ? $0 : $1
        }
        self.authorities = authorities
        self.paths = paths
    }

    private func path(
        for certificate: Certificate,
        role: CertificateRole,
        at time: Timestamp
    ) -> PathBuilder.Outcome {
        let builder = builder.withLock { known in
            let builder =
                known
                ?? PathBuilder(
                    roots: authorities.roots,
                    intermediates: authorities.intermediates,
                    lists: Array(lists.values)
                )
            known = builder
            return builder
        }
        return builder.path(for: certificate, role: role, at: time)
    }

    package func verdict(
        for certificate: Certificate,
        role: CertificateRole,
        at time: Timestamp
    ) -> ChainVerdict {
        guard certificate.role == role else { return .untrusted(.wrongRole) }
        let key = PathKey(certificate: certificate.sha256, role: role)
        if let path = paths.withLock({ $0[key] }) {
            if path.allSatisfy({ $0.isValid(at: time) }) { return judge(path, at: time) }
            // Outside of its own time it has no other path either.
            if !certificate.isValid(at: time) {
                return judge(path, at: time) == .listMissing ? .listMissing : .expired
            }
        }
        switch path(for: certificate, role: role, at: time) {
        case .found(let path):
            paths.withLock { paths in
                if paths.count >= TrustStore.pathLimit { paths.removeAll() }
                paths[key] = path
            }
            return judge(path, at: time)
        case .outsideValidity: return .expired
        case .listMissing: return .listMissing
        case .none(let code): return .untrusted(.path(code))
        }
    }

    private func judge(_ path: [Certificate], at time: Timestamp) -> ChainVerdict {
        for certificate in path.dropLast() {
            guard let list = lists[certificate.authorityKeyID] else { return .listMissing }
            if let since = list.since(certificate.serial), since <= time {
                return .revoked(since: since)
            }
        }
        guard let leaf = path.first, let list = lists[leaf.authorityKeyID] else {
            return .listMissing
        }
        return .trusted(
            TrustedChain(
                certificates: path,
                listNumber: list.number,
                listUpdated: list.thisUpdate,
                listEnds: list.nextUpdate
            )
        )
    }
}
