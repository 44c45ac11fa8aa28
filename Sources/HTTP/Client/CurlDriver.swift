import CCurl
import Glibc
import Primitives

/// Owns libcurl's multi handle on one thread of the process; every outbound call goes through it.
@safe
final class CurlDriver: Sendable {
    static let shared = CurlDriver()

    typealias Answer = Result<ClientResponse, ClientError>

    private enum Order {
        case start(UInt64, ClientCall, CheckedContinuation<Answer, Never>)
        case cancel(UInt64)
    }

    private struct Orders {
        var waiting: [Order] = []
        var lastID: UInt64 = 0
    }

    private let orders = Lock(Orders())
    // Safe to share: other threads use it for curl_multi_wakeup alone, which libcurl allows.
    nonisolated(unsafe) private let multi: UnsafeMutableRawPointer

    private init() {
        curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        guard let multi = unsafe curl_multi_init() else {
            preconditionFailure("libcurl has no memory at the start")
        }
        unsafe self.multi = multi
        // One process speaks for many organisations, each with long polls of its own, and libcurl
        // counts them together; the server's bound per identity is the one that matters.
        unsafe renkei_curl_multi_set_long(
            multi,
            CURLMOPT_MAX_HOST_CONNECTIONS,
            Limits.connectionsPerIdentity
        )
        startThread(named: "renkei-curl") { self.drive() }
    }

    func send(_ call: ClientCall) async throws(ClientError) -> ClientResponse {
        let id = orders.withLock { orders in
            orders.lastID += 1
            return orders.lastID
        }
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // Under the lock: a cancellation that is not seen here puts its order after ours.
                let isOrdered = orders.withLock { orders in
                    guard !Task.isCancelled else { return false }
                    orders.waiting.append(.start(id, call, continuation))
                    return true
                }
                guard isOrdered else {
                    return continuation.resume(returning: .failure(.aborted(sent: false)))
                }
                unsafe curl_multi_wakeup(multi)
            }
        } onCancel: {
            orders.withLock { $0.waiting.append(.cancel(id)) }
            unsafe curl_multi_wakeup(multi)
        }
        return try answer.get()
    }

    // MARK: On the driver's thread

    private func drive() -> Never {
        var transfers: [UInt64: CurlTransfer] = [:]
        while true {
            let waiting = orders.withLock { orders in
                defer { orders.waiting = [] }
                return orders.waiting
            }
            for order in waiting { obey(order, &transfers) }
            var running: Int32 = 0
            unsafe curl_multi_perform(multi, &running)
            finish(&transfers)
            unsafe curl_multi_poll(multi, nil, 0, 60_000, nil)
        }
    }

    private func obey(_ order: Order, _ transfers: inout [UInt64: CurlTransfer]) {
        switch order {
        case .start(let id, let call, let continuation):
            let transfer = CurlTransfer(call, continuation)
            guard transfer.isReady, unsafe curl_multi_add_handle(multi, transfer.easy) == CURLM_OK
            else { return transfer.end(.failure(.malformed)) }
            transfers[id] = transfer
        case .cancel(let id):
            guard let transfer = transfers.removeValue(forKey: id) else { return }
            unsafe curl_multi_remove_handle(multi, transfer.easy)
            transfer.end(.failure(.aborted(sent: transfer.hasSent)))
        }
    }

    private func finish(_ transfers: inout [UInt64: CurlTransfer]) {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
            let easy = unsafe message.pointee.easy_handle
            let code = unsafe renkei_curl_result(message)
            guard let (id, transfer) = transfers.first(where: { unsafe $0.value.easy == easy })
            else { continue }
            transfers[id] = nil
            unsafe curl_multi_remove_handle(multi, easy)
            transfer.end(transfer.answer(code))
        }
    }
}
