import CCurl
import Cryptography
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

/// One call under way. Lives on the driver's thread.
@safe
private final class CurlTransfer {
    let easy: UnsafeMutableRawPointer
    /// Whether libcurl took every option.
    private(set) var isReady = true
    private let call: ClientCall
    private let continuation: CheckedContinuation<CurlDriver.Answer, Never>
    private var fieldList: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>
    private var fields = Fields()
    private var body: [UInt8] = []
    private var isTooLarge = false
    /// How many bytes of the request's body were handed over.
    private var givenCount = 0

    init(_ call: ClientCall, _ continuation: CheckedContinuation<CurlDriver.Answer, Never>) {
        guard let easy = unsafe curl_easy_init() else { preconditionFailure("out of memory") }
        unsafe self.easy = easy
        self.call = call
        self.continuation = continuation
        unsafe errorText = UnsafeMutablePointer.allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        setTarget()
        setTrust()
        setRequest()
        setSinks()
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe curl_slist_free_all(fieldList)
        unsafe errorText.deallocate()
    }

    /// Whether bytes of the request have left.
    var hasSent: Bool { unsafe renkei_curl_get_long(easy, CURLINFO_REQUEST_SIZE) > 0 }

    func end(_ answer: CurlDriver.Answer) { continuation.resume(returning: answer) }

    func answer(_ code: CURLcode) -> CurlDriver.Answer {
        if isTooLarge { return .failure(.tooLarge) }
        guard code == CURLE_OK else { return .failure(error(of: code)) }
        let status = unsafe renkei_curl_get_long(easy, CURLINFO_RESPONSE_CODE)
        return .success(ClientResponse(status: status, fields: fields, body: body))
    }

    private func error(of code: CURLcode) -> ClientError {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: return .resolve
        case CURLE_COULDNT_CONNECT: return .connect
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH:
            return .untrusted
        case CURLE_OPERATION_TIMEDOUT: return .timeout(sent: hasSent)
        case CURLE_SSL_CONNECT_ERROR, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
            // A TLS 1.3 client learns of its refused certificate at the first read, and libcurl
            // tells it as a fault of the network; libssl's text alone names the alert.
            let text = unsafe String(cString: errorText)
            if text.contains("alert") { return .peerRejectedUs }
            return code == CURLE_SSL_CONNECT_ERROR ? .connect : .aborted(sent: hasSent)
        case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_ABORTED_BY_CALLBACK:
            return .aborted(sent: hasSent)
        default: return .malformed
        }
    }
}

// MARK: Options

extension CurlTransfer {
    private func setTarget() {
        let options = call.settings.options
        set(CURLOPT_URL, call.url)
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_PROXY, options.proxy)
        if let path = call.settings.unixSocket {
            set(CURLOPT_UNIX_SOCKET_PATH, path)
            set(CURLOPT_PROTOCOLS_STR, "http")
        } else {
            set(CURLOPT_PROTOCOLS_STR, "https")
        }
        set(CURLOPT_REDIR_PROTOCOLS_STR, "https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        set(CURLOPT_HTTP09_ALLOWED, 0)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(options.connectTimeout.inMilliseconds))
        set(CURLOPT_TIMEOUT_MS, Int(call.timeout.inMilliseconds))
        set(CURLOPT_LOW_SPEED_LIMIT, 100)
        set(CURLOPT_LOW_SPEED_TIME, 60)
        // Below the server's idle time, so that we leave first; and renewed certificates are seen.
        set(CURLOPT_MAXAGE_CONN, 60)
        set(CURLOPT_MAXLIFETIME_CONN, 3600)
    }

    private func setTrust() {
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_3))
        let checks = !call.settings.options.trustsAnyServer
        set(CURLOPT_SSL_VERIFYPEER, checks ? 1 : 0)
        set(CURLOPT_SSL_VERIFYHOST, checks ? 2 : 0)
        // Debian's folder of public authorities would stay in force beside our roots.
        set(CURLOPT_CAPATH, nil)
        set(CURLOPT_CAINFO, nil)
        set(CURLOPT_CAINFO_BLOB, call.settings.rootsPEM)
        set(CURLOPT_PINNEDPUBLICKEY, call.settings.options.pin)
        set(CURLOPT_SSL_SESSIONID_CACHE, 0)
        guard let identity = call.settings.identity else { return }
        set(CURLOPT_SSLCERT_BLOB, identity.certificatePEM)
        identity.keyPEM.withBytes { set(CURLOPT_SSLKEY_BLOB, $0) }
    }

    private func setRequest() {
        switch call.method {
        case .get: set(CURLOPT_HTTPGET, 1)
        case .head: set(CURLOPT_NOBODY, 1)
        case .delete, .options: set(CURLOPT_CUSTOMREQUEST, call.method.rawValue)
        case .post, .put, .patch:
            set(CURLOPT_POST, 1)
            note(unsafe renkei_curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, call.body.count))
            set(CURLOPT_CUSTOMREQUEST, call.method.rawValue)
        }
        // A name without a value takes libcurl's own field away.
        var lines = ["Expect:", "Accept:"]
        if !call.fields.contains(where: { $0.0.lowercased().hasSameBytes(as: "content-type") }) {
            lines.append("Content-Type:")
        }
        for (name, value) in call.fields {
            isReady = isReady && isToken(name.utf8) && isFieldValue(value)
            lines.append(value.isEmpty ? name + ";" : name + ": " + value)
        }
        for line in lines { unsafe fieldList = curl_slist_append(fieldList, line) }
        note(unsafe renkei_curl_set_pointer(easy, CURLOPT_HTTPHEADER, fieldList))
    }

    private func setSinks() {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        note(unsafe renkei_curl_set_sink(easy, CURLOPT_READFUNCTION, giveBody))
        note(unsafe renkei_curl_set_pointer(easy, CURLOPT_READDATA, context))
        note(unsafe renkei_curl_set_seek(easy, seekBody))
        note(unsafe renkei_curl_set_pointer(easy, CURLOPT_SEEKDATA, context))
        note(unsafe renkei_curl_set_sink(easy, CURLOPT_WRITEFUNCTION, takeBody))
        note(unsafe renkei_curl_set_pointer(easy, CURLOPT_WRITEDATA, context))
        note(unsafe renkei_curl_set_sink(easy, CURLOPT_HEADERFUNCTION, takeFieldLine))
        note(unsafe renkei_curl_set_pointer(easy, CURLOPT_HEADERDATA, context))
        note(unsafe renkei_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText))
    }

    private func set(_ option: CURLoption, _ value: Int) {
        note(unsafe renkei_curl_set_long(easy, option, value))
    }

    private func set(_ option: CURLoption, _ value: String?) {
        note(unsafe renkei_curl_set_string(easy, option, value))
    }

    private func set(_ option: CURLoption, _ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        note(unsafe renkei_curl_set_blob(easy, option, bytes, bytes.count))
    }

    private func note(_ code: CURLcode) { if code != CURLE_OK { isReady = false } }
}

// MARK: Sinks

extension CurlTransfer {
    /// - Returns: false once there is too much, which ends the transfer.
    fileprivate func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        isTooLarge = isTooLarge || bytes.count > call.limitBytes - body.count
        guard !isTooLarge else { return false }
        // An array that grows holds a large body twice.
        if body.isEmpty, let told = fields["content-length"].flatMap({ Int($0) }) {
            body.reserveCapacity(min(max(0, told), call.limitBytes))
        }
        unsafe body.append(contentsOf: bytes)
        return true
    }

    /// Hands over the next bytes of the request's body, as many as there is room for.
    fileprivate func give(to room: UnsafeMutableRawBufferPointer) -> Int {
        let next = call.body[givenCount...].prefix(room.count)
        unsafe room.copyBytes(from: next)
        givenCount += next.count
        return next.count
    }

    /// The body goes out anew, after a connection that was closed meanwhile.
    fileprivate func giveAgain(from place: Int) -> Bool {
        guard (0...call.body.count).contains(place) else { return false }
        givenCount = place
        return true
    }

    fileprivate func receive(fieldLine: [UInt8]) {
        // Each head begins anew; an interim one is forgotten.
        if fieldLine.starts(with: "HTTP/".utf8) {
            fields = Fields()
        } else if let colon = fieldLine.firstIndex(of: UInt8(ascii: ":")) {
            let value = fieldLine[(colon + 1)...].filter { $0 != 0x0D && $0 != 0x0A }
            fields.append(
                String(decoding: fieldLine[..<colon], as: UTF8.self),
                String(decoding: value[...].trimmed, as: UTF8.self)
            )
        }
    }
}

private func takeBody(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    let isTaken = unsafe transfer.receive(UnsafeRawBufferPointer(start: bytes, count: count))
    return isTaken ? size * count : 0
}

private func giveBody(
    _ room: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return Int(CURL_READFUNC_ABORT) }
    let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    return unsafe transfer.give(
        to: UnsafeMutableRawBufferPointer(start: room, count: size * count)
    )
}

private func seekBody(
    _ context: UnsafeMutableRawPointer?,
    _ place: curl_off_t,
    _ origin: Int32
) -> Int32 {
    guard let context = unsafe context, origin == SEEK_SET else { return CURL_SEEKFUNC_CANTSEEK }
    let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.giveAgain(from: Int(place)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
}

private func takeFieldLine(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    let line = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
    unsafe transfer.receive(fieldLine: Array(line))
    return size * count
}
