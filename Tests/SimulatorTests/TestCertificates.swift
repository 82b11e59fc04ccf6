/// Certificates made for these tests alone; they open nothing anywhere.
enum TestCertificates {
    /// A certificate for CN=sluice.example.
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIDFTCCAf2gAwIBAgIULa3XzOupqlqqlBiodqHpHPj0rqcwDQYJKoZIhvcNAQEL
        BQAwGTEXMBUGA1UEAwwOc2x1aWNlLmV4YW1wbGUwIBcNMjYxMTIzMDY0MzE5WhgP
        MjEyNjEwMzAwNjQzMTlaMBkxFzAVBgNVBAMMDnNsdWljZS5leGFtcGxlMIIBIjAN
        BgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAyI+rPbg6yyW3YaMVvZgPo8YF+KFZ
        MNLJyfuduXxNGtkdLnkRfp6fLYpbWuGlDu5haVzq9MobQ19EDr3W0GdT5eFYDtt8
        g4quVDqz3yCnzgsNqTe48O1RGaVUjT24tZOs3KurJNrVYPadMUFkUV/SLf8xN80d
        9GyXflzLdSHkTABhi/4dUPxgxSmJsaRKJkzAlEUWjYU02kulRuELLMa+RA9Z0Seu
        xiQr4vYjfPUYhfHlEJFtV3bNh/8KMcC5168i+zmY4doAWRMTeIIHLhtyc+XEpHmF
        4AkrG+3kNxRwBNAXRsp8vmDn1/tE+/n7HNBmb6H+XbhxK4dkNiwaYRSC4QIDAQAB
        o1MwUTAdBgNVHQ4EFgQUp/EbZ29BLN9nN5kp0j374TQZc5swHwYDVR0jBBgwFoAU
        p/EbZ29BLN9nN5kp0j374TQZc5swDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0B
        AQsFAAOCAQEAA5chAXzMMYWzxidAuTS0+DDioS/7vqZOlCyy0EpkMjcQRkgQ1i3q
        ZWgpKlPnvatRGdlmL21JiV+wpDCf3nZLUEJdqxPnoU3s/lYZuj85alsF7wwGyHPW
        aN2ZYc0tmn6to1nOmjA8cMbBnu6paysJ8NMhgkeLiUnI/SwDnpoLaWcxJN0465nZ
        elMkyM/xHnGElr5Euu9w092RS890QG+5oxYOZwM6t5GlruRNQlkFLM4eJVLezgvB
        6iN5vV42tgmrOJH0/wK2PahvcTaYoT2EstAWUC2m7RnF9pzpE308dppAg0hN6DT8
        3RtdntYhijbG64fC+NQH+gf/6mit2aaTIQ==
        -----END CERTIFICATE-----
        """

    /// Its private key.
    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDIj6s9uDrLJbdh
        oxW9mA+jxgX4oVkw0snJ+525fE0a2R0ueRF+np8tilta4aUO7mFpXOr0yhtDX0QO
        vdbQZ1Pl4VgO23yDiq5UOrPfIKfOCw2pN7jw7VEZpVSNPbi1k6zcq6sk2tVg9p0x
        QWRRX9It/zE3zR30bJd+XMt1IeRMAGGL/h1Q/GDFKYmxpEomTMCURRaNhTTaS6VG
        4Qssxr5ED1nRJ67GJCvi9iN89RiF8eUQkW1Xds2H/woxwLnXryL7OZjh2gBZExN4
        ggcuG3Jz5cSkeYXgCSsb7eQ3FHAE0BdGyny+YOfX+0T7+fsc0GZvof5duHErh2Q2
        LBphFILhAgMBAAECggEAArqfuiCEXkjGWMQDEvgbeF9ErAgoAkfP+plboU89bljX
        co8vq4ElidVY3mD1IcGhHjGnOcr5OX61mpy/LElHpThefh9C77hGnHtLAMV9Owq/
        9hY9xDt6b8al4qEdHw1iHAOS+danciEQ7P9micvrvHf9N7TpDC8hFZVWKGMca+NM
        O2vv0yL623oU5pFabFvDmP+AgmjBin5YX20SOUGn5VT6iQDUAGjHwMuxR/nKELfK
        xzsg0VZ5oSW9Iu15LghkpEoNV13J5p+0Q9Ufi0vrqBFqC4Wf4OGzT8crP9X7qjIN
        MadEw1JH+NGduLjjxVgqY/h+ftp5xP6DmtKfaZBqUQKBgQD+OA8slawB5gmv28b5
        6dFgbFZUVc4er1ZfV1dEKpf1KAvLSLFVdvj17eIjCMhqLF/XynfR9QphqUPyJAr9
        Dzm3SZisstVKNV8DBmnElcigDPpoiyadtSRZpYv6XAC1ND49hFHhcxr5lN2b8aVo
        0uauQ9Ijg/cTCTSsyB+SKdQNOQKBgQDJ91/n4g2y7Ovs4hBqXwVUBgdx7wI+NwxH
        E/DwLn+ygXWixvDJDqOqDsl7xsKqnaYBNcN4XvdgIvL+BoBh2ZcsfBrkdL2VXbv9
        obWvWRrtY/TfYfooQWgZmLGRuNkqgf4JyTpoKy4E6Zg6695MUYnpglOh6Ogo0YBn
        q2r7/1JK6QKBgHlxtm4KIl3V0xLb3zZMaOWzW5p2Uz19bbmmM94wqt9G/jtiwrSd
        XVm/BqTN8VAnWrHv20XF1evJvNfUOBukRmI1GmaGGDaXQIhla+mp1GoBSS7gKtZ0
        TqU03KYBhaULDCC/MY6OOni4kRWKXwawmdruM1kcFdBWOX/BKrPcn5yhAoGBAIqq
        +0FVtvwjqXTSXlz6cskW/qOea9bVquteaK4v7uNb+a3Sk94n2/1V+8atWFkWtrTb
        +iK6aXSralU5l4oXgLE9YKV89fIJEpr5HaqQLmnRmH6LYduj1NrGOR0JYqnJ6OdF
        L4H4K7eZvzitW8rgrSUTo2JmbIgiF9yWGHV+/zyJAoGBAIhXgwsieHAs0jggxS8E
        Ixj5ip/tPdoVQEnZzyHjwpLf7LLVt4OF2addiVArAJKltJKEBKl0JiDBjKprOQsO
        G3zGXWiJrTAb3f85RhCGbtYSqjvGrL98MgVZNHk/m2KzZLAoV8blcWryG7Wxpvn1
        5GtF0fqeGfpmT5aU1gSeiKPo
        -----END PRIVATE KEY-----
        """

    /// The private key of another certificate, which no application registered.
    static let strangersKey = """
        -----BEGIN PRIVATE KEY-----
        MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDOinLlLZ14J5Pg
        FuAwKHTk8FGrywIMSvM0dN3bWH9z263/63QTBRtKOZWXjM4hf5s/7zasZ1/xcAAd
        /LHiruywZHTOytfaRoy22uu3BoykcZfppBUFGgyv45q8rceeOokj3o4G7mTDzWvn
        W+xKY4UkhPMEcNNfN0Sq/rE1fah9HIiLvM51j4lR7vl8pliL0sShIvWKg7L1/5PA
        gQCAJgzvXcVrke/cnJ6ej20lHxNWmKkzEPoGiU0Qd7cBRKbVagqXL0TynsOI5fuE
        GDch2WtqmgBV1AKbnZYRGwOtgh5nzI7EJtGADAt3RyRdR08t2tRs4VLVMte4SY55
        RN7EGCHJAgMBAAECggEAJ8bfIMb7rC/HGWGedHfeJ1cnC3RR5ScsFn6pWXx+M0Rs
        Cr0AQkd5/X4AksrByg7GyfXabDKOdjOROjU31wXEPKZkHo1PK9Dpea/ItJt0y5i6
        3nrEt5JQPjGR0+ON7amtTrSmWqxfyJvPu6Nm6t6mviVCnijSdGRy+5GIdFpKcCmN
        hf7zbrmqshROf6aApTH8WVxoGahBgCTSmm2omFqE8eAKMRlLUR9eJkc+rDetuaiV
        1VL+ZluWHkLA+cfxyaMUHiMQM58U+NKErOtXS08XsEaaIAXr3aU4Np2Ho/wF9ywn
        hH6rVGfbISpr7E+TqDXYvQggxktSUac/3p2dDNpATwKBgQDqs8GnRCiFD9O5Xa8s
        /yjt816bsLF3AmVAbKtr5H6jixl6iUW15FgIvq4fmIbzqnghnC8NjBmIkZL83hqN
        81AMGL0nTSHIAdozJpTjOm2vytnxzXDsL0xQRLVtYPEVZpWZMHOzc+ERqe06U6YM
        fwg/fqPk2t6FpBP/XyobKLuG9wKBgQDhSH2VWw+18O82/pqsoCHfITOfnMhsmh5U
        1/YssEd/iFR6FFDIGoMCsv8MePFzV6m5F223/9jqEqBO6U8pp80bV4eJq027UvhS
        Qm9gD33tOnjYfyhMzNJQpJjQ/1N85aCo1XFX+U0SD1xYqmwW8n8JqTCQZkCiQe99
        za3aGeutPwKBgQCd/EBn6p5n61520ZRAcsXHXuIZZRggZxFnC39ckiOYzOJqtIqj
        RMDpqgklpZN55A8XeL3Hnb32Sx+pbYxsbxM8AU8abHZH3s9VTSw9xK/e/Go2tTbF
        FZWGFqoVpYLDCBm9U3semesv67WPZI1KrhwMOZ/zRk0xol//r7x1KbcJwwKBgQC7
        g/E0HmXHVVJn/iiUw30uEp67nm6dJvNUP6YisF/y4XEfZEWRKbAe0QrGQO0IytD0
        xXGIFCdjPjm9NSm1THzG42ZnyvSalYcoQTAfTwXMLj1kRwMuWdY9VaP1YnEFpsTB
        g1gil9n0zGBbVQ8/Un03d2J67wGhjSxhFJA+2BB5VQKBgAKqOZLD7bAlV6Svl8yA
        TrJnETeMgopZUXQZhIF1+moXGJWcb01lhnficaCW2X1TzC2HelJpzD7yoUzXbKjp
        1wYi5SLfXDK/VJ30mlScUiORojdl/FeF5FUPRgKqlCF9u6QuAY6HifMDY7utuXV/
        Ir4fxVTTEWzGraAUzdWps310
        -----END PRIVATE KEY-----
        """
}
