/// A certificate and its key, made for these tests; they open nothing anywhere.
enum TestCertificate {
    /// Self-signed, for a hundred years.
    static let pem = """
        -----BEGIN CERTIFICATE-----
        MIIDETCCAfmgAwIBAgIUfbuRhHPtRNValTUiaPfegn52xucwDQYJKoZIhvcNAQEL
        BQAwFzEVMBMGA1UEAwwMc2x1aWNlIHRlc3RzMCAXDTI2MTEyMzA2NDIxNVoYDzIx
        MjYxMDMwMDY0MjE1WjAXMRUwEwYDVQQDDAxzbHVpY2UgdGVzdHMwggEiMA0GCSqG
        SIb3DQEBAQUAA4IBDwAwggEKAoIBAQCJdNMBiWmU1iA8UvYGgWU49J0VYcw3hz0k
        Hp/4Gvwtmo3mZHpgoR2PClEab4RDqMl6c/g4twtpGe/yVm/yyOvKCCE4ywgaxYIW
        uonlUiBrNy3XOwjLweZV8BBh3bBGFhnlaGunOLYXTTeYjPQ536t2dI5tmoEopXAa
        8TGjVzIryf7EBfrneo9Thvr9U5TGsWGw+Gda3jsJPtbdLMiTRppfKs2CcS1N/zNs
        nk4rNWEc/hyYA2IlUnwkgavxeAjnMI5RcAxDwsqJJu6Xp2icyll1YhyeNEtVeFMZ
        QdnHaS58Xfk0A888l6sbkhSdNYqtSC/1Z8s/G2br45tQNXUdgSbbAgMBAAGjUzBR
        MB0GA1UdDgQWBBSKzu/Fv/4cPEunV8qkpMKmXSQe/zAfBgNVHSMEGDAWgBSKzu/F
        v/4cPEunV8qkpMKmXSQe/zAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUA
        A4IBAQAUVlbmS4mPSD6KxdllW/BsDsku0VX7xiK8VAp3uTiMaSmn4r3tKimjE36t
        +v8zzXHqSq3K0i0Y0Mwf+tvH91vQrdj6KoYqruISs/KMGQpgO+p78y9pA5Dcnd6v
        DO7dE45bZ+6Gcjipgnw0TiCbbEGd0U5BzNPPIODWOJnBIQBALyC7ANYHwvWVBRmW
        0OZrDt1Szo0JcMPT3TwhQyEXZetHBriaePatEdios1rCnsF0UBPYbV1Shvg87AA4
        deHZMgNrF8pttnw2CEbX4R6Kq9UQfx+b+4qMfhRPvr74/dMXL+eI3nRaNu9NDvPk
        piLseJLpnu7mi3mtL/SVCsyURFio
        -----END CERTIFICATE-----

        """

    /// The key of ``pem``.
    static let keyPEM = """
        -----BEGIN PRIVATE KEY-----
        MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCJdNMBiWmU1iA8
        UvYGgWU49J0VYcw3hz0kHp/4Gvwtmo3mZHpgoR2PClEab4RDqMl6c/g4twtpGe/y
        Vm/yyOvKCCE4ywgaxYIWuonlUiBrNy3XOwjLweZV8BBh3bBGFhnlaGunOLYXTTeY
        jPQ536t2dI5tmoEopXAa8TGjVzIryf7EBfrneo9Thvr9U5TGsWGw+Gda3jsJPtbd
        LMiTRppfKs2CcS1N/zNsnk4rNWEc/hyYA2IlUnwkgavxeAjnMI5RcAxDwsqJJu6X
        p2icyll1YhyeNEtVeFMZQdnHaS58Xfk0A888l6sbkhSdNYqtSC/1Z8s/G2br45tQ
        NXUdgSbbAgMBAAECggEAAcgfYhI3aaP65/1FTiFIQBw/mwLZBFE+9CRne25SHX82
        3qknwu/js7J1CawvYTcjYXB2Y7nPro2VBCWlrtZ24/gGAjfzg3FS9dt2JSBS5kDh
        WbxcqVN6mluRwsr+WXI45LXdS14bUiMAmPwewE9LaC4rmHUbvnyift7of08GifW/
        95ia4p8EnKlwopl/7IeCf3EE8dAN+VqZg7fVZl8IVefSa+s+XFR7SXuzsnKi4LoZ
        dP9ASpIRqIvOcCKMh7RELTgHpTqQTYVjRGT2skwmcHalVTPugk1GjlhhHXbe1Axi
        IGaZJ+ZAozSUtvmO7Mxi4HZz+7dlrqb0mIU2THatPQKBgQDBfL6AffBaR3wTl9TJ
        DJLLv0KDMcT2Pqf4Fg/j2VhQmnXf3jfTP87syWJbJmHJnjTTR1M4O64U41t+XbDf
        DdIg+jDPkKTIDr1DuLh4qC+Z4+wN/qwr6ma0Qlp944/+xSnfCA8ZCN7/sjx70gpc
        hrtQY4PBOtN5km1SMRRfdWgStwKBgQC13cidJoSP2dn+vUydAim6RaHitFMKzu/P
        KYz2JKFhcXxTbS1dMoybBvxPMB77lf9S7e6bk6XXUsn39DcRD9MWQQkIyfUEHC6q
        fAUPN7Owd15PwtxwHFRpw8mJcQl3KTO/h3/ritcYXRBPPxuKQeEzFyPxQTDA4olY
        zJ2/t8aY/QKBgGGN1rMMTGoITsvGKrfvifgGh6+EIW2Sa7gOz5Yu2HNTXYkxDm6J
        ZnhGlTul33n7NWEtPg1FMeFAPLo63Nmpqz+LRZ7xq9Necxi5AvF6wv1RSIxJ0l8W
        ARBzwBJm8QwgNptIAey6Z0z+fbZkUWsTV1ARzLVZRpSuOkZNjpsOpBmDAoGBAInM
        jyoLuluozJVI55j7v5RFGIFG8rj4zRmhuQ3z+Vd0/qfTzJCWMZVxeJGju4YTRE+Y
        urek6v642xGGOIcz/1QYWPkQ1RaVKALDT64VHZCzEYHL+uzzej5dPAJo5KwmSvBv
        gcx9+babJTV2cq6SdkkY2oH9TCyKOVlQSKKwY8kdAoGBAL1FDfdOrIQHiU5Y8o0D
        GsKsVnS0kYu4kFR+R59j1rAMIZFln8A72GyH1ajrGFpAwKqVpjs1h1/jBtyRcZW+
        TQDkt4xaqZBfG0CWvVnqQkWkjjNmsno+iiDNQy4PRZFLUb42pZkAo5c0okfwjzhw
        wj5fmeBEjT8xECnOAkxp3eRs
        -----END PRIVATE KEY-----

        """

    /// A certificate of another key.
    static let otherPEM = """
        -----BEGIN CERTIFICATE-----
        MIIDFTCCAf2gAwIBAgIUaeCpS23bNThZaRHWBgb6R0VrVVYwDQYJKoZIhvcNAQEL
        BQAwGTEXMBUGA1UEAwwOc2x1aWNlIHRlc3RzIDIwIBcNMjYxMTIzMDY0MjE1WhgP
        MjEyNjEwMzAwNjQyMTVaMBkxFzAVBgNVBAMMDnNsdWljZSB0ZXN0cyAyMIIBIjAN
        BgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApmv+q3XtgzxD4DoGww75elNZjQOM
        GccxOE6wp/st6Tqi8RVWg7MtQwQV5udQ8MNCBsPKLyzk5kP4yhjRBpFoG1J903vH
        4TR/wIvzyc3+s/oQXAAGen8CoG7R62lAzFmMSP1BgNT7HLoQEx62uIaee+FgkSTg
        N7npNtwRlEGVMwgIt6GTIzKEpYAdrOFOQygnkwR8Zo5R34kyY8m46PB15s+wwFwx
        U+YlfQ+rDJi8Z/kck8VaWRklrAMV3M/1CgoaUGDfLbzCbz1ub5+TH8WYJ9n8t2Ea
        KawhcgcxbX6dFpXIOX+uyCmIvpmwbkR+C5RuBKLVXGmwrTBXKgjBOVrYtQIDAQAB
        o1MwUTAdBgNVHQ4EFgQUwlNUx0+ggtl5RGf5Tbz2iBpwA80wHwYDVR0jBBgwFoAU
        wlNUx0+ggtl5RGf5Tbz2iBpwA80wDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0B
        AQsFAAOCAQEAD8erhzokykwJLck48SMxk39igK6OtwTpFoHfD/aQBqwOr34N5ONy
        Sb59U0ZrVYgfeqgCw33Bxd6r49MqVIfCm9gMfeSGGpYMphKXYx8HjB+uzZPpu+al
        yhJHyTQ2bjanyoAWbPO2udZQXvMJAiCX/fTf3d/chjGmPlQN9swnFOssW5o0WrHq
        3JF2yO3C2qGhWH0m1ZsY03nhBg5E3pNvIQEw+5JmCE/KDOXN8bRQhgjzNeHfz+HK
        QBjvoMT2M70f1IrVqNnchTQbK8vg8PNkMmmE5P9i7ozj3IpDzTFiwn6f0fLIZtx6
        zE1WF+ZE61XWBkFbN7RU/A/HCzdgcp+qig==
        -----END CERTIFICATE-----

        """
}
